import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import test, { type ExecutionContext } from 'ava';
import { messages, optionsFor, range, startLocal } from '../../support/harness.js';
import { ManualClock } from '../../support/manual-clock.js';
import { moduleFile } from '../../support/module-file.js';
import { allDelivered, openPipeline } from '../../support/pipeline.js';
import { until } from '../../support/until.js';
import { type Logging, WAYS } from '../../support/ways.js';

/** Writes each report into a file beside it. */
const TELLS = `
import { appendFileSync } from 'node:fs';
const file = new URL('reports', import.meta.url);
export const onReport = ({ kind, code }) => appendFileSync(file, (code ?? kind) + ' ');
`;

function toldTo(module: string): string {
  const file = join(dirname(module), 'reports');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function problemsIn({ reports }: Pick<Logging, 'reports'>): string[] {
  return reports.flatMap((report) =>
    report.kind === 'problem' ? [`${report.code}: ${report.message}`] : [],
  );
}

/** Opens a pipeline with a module, in this thread. */
async function open(t: ExecutionContext, code: string, options = {}, dependencies = {}) {
  const local = await startLocal(t);
  const module = moduleFile(t, code);
  const pipeline = openPipeline(local, { ...options, module }, dependencies);
  t.teardown(() => pipeline.close(0));
  return { local, module, pipeline, problems: () => problemsIn(pipeline) };
}

for (const [way, setUp] of WAYS) {
  test.serial(
    `${way}: the functions of a module filter, format and route records, and get the reports`,
    async (t) => {
      const local = await startLocal(t);
      const module = moduleFile(
        t,
        `${TELLS}
      export const filter = (record) => record.secret !== true;
      export const format = (record) => record.level + ' ' + (record.msg ?? record.message);
      export const logGroupName = ({ tenant }) => tenant && '/tenants/' + tenant;
      export const logStreamName = ({ tenant }) => tenant && 'logs of ' + tenant;`,
      );
      const options = { ...optionsFor(local), logStreamName: 'all', entity: false, module } as const;
      const logging = setUp(options);
      logging.log('hello');
      logging.log('hidden', { secret: true });
      logging.log('routed', { tenant: 'acme' });
      await logging.flush();
      const level = way.startsWith('Winston') ? 'info' : '30';
      const arrived = ['/test/app', '/tenants/acme'].flatMap((group) =>
        local.events(group).map(({ logStreamName, message }) => `${group} ${logStreamName}: ${message}`),
      );
      t.deepEqual(arrived, [`/test/app all: ${level} hello`, `/tenants/acme logs of acme: ${level} routed`]);
      const { accepted, delivered, filtered, pending } = logging.reports.at(-1)?.counts ?? {};
      t.deepEqual(
        { accepted, delivered, filtered, pending },
        { accepted: 3, delivered: 2, filtered: 1, pending: 0 },
      );
      t.deepEqual(problemsIn(logging), []);
      await logging.close();
      await until('the reports in the module', () => toldTo(module).includes('counts'));
      t.regex(toldTo(module), /^entity /);
    },
  );

  test.serial(
    `${way}: what a function throws is reported once, and every record is sent as it was logged`,
    async (t) => {
      const local = await startLocal(t);
      const module = moduleFile(
        t,
        `const fail = (name) => () => { throw new Error(name + ' fails on purpose'); };
      export const filter = fail('filter'), format = fail('format'), onReport = fail('onReport');
      export const logGroupName = fail('logGroupName'), logStreamName = fail('logStreamName');`,
      );
      const logging = setUp({ ...optionsFor(local), entity: false, module });
      for (const i of range(50)) logging.log('hello', { i });
      await logging.flush();
      t.deepEqual(
        messages(local).map((text) => JSON.parse(text).i),
        range(50),
      );
      const told = problemsIn(logging);
      for (const name of ['filter', 'format', 'onReport', 'logGroupName', 'logStreamName'])
        t.is(
          told.filter((text) => text.startsWith(`module: ${name} of the module ${module} failed.`)).length,
          1,
        );
      t.is(told.length, 5);
      await logging.close();
      t.is(messages(local).length, 50);
    },
  );

  test.serial(
    `${way}: an async function is reported, its rejection ends nothing, and records are sent as they were logged`,
    async (t) => {
      const local = await startLocal(t);
      const module = moduleFile(
        t,
        `const fail = async () => { throw new Error('rejected on purpose'); };
      export { fail as filter, fail as format, fail as logGroupName, fail as logStreamName, fail as onReport };`,
      );
      const logging = setUp({ ...optionsFor(local), entity: false, module });
      logging.log('one');
      await logging.flush();
      logging.log('two');
      await logging.flush();
      t.is(messages(local).length, 2);
      const told = problemsIn(logging);
      for (const name of ['filter', 'format', 'logGroupName', 'logStreamName'])
        t.true(
          told.some((text) =>
            new RegExp(`^module: ${name} .* returned a promise instead of .*must not be async`).test(text),
          ),
        );
      t.true(told.some((text) => /^module: onReport .* failed.*\(rejected on purpose\)/.test(text)));
      t.is(told.length, 5);
      await logging.close();
    },
  );
}

for (const [name, result, said] of [
  ['format', 'undefined', 'undefined instead of a text that is not empty'],
  ['format', '{}', 'an object instead of a text that is not empty'],
  ['format', '""', 'an empty text instead of a text that is not empty'],
  ['filter', 'undefined', 'undefined instead of true or false'],
  ['filter', '0', 'a number instead of true or false'],
  ['logGroupName', '7', 'a number instead of a name or undefined'],
  ['logGroupName', 'null', 'null instead of a name or undefined'],
  ['logStreamName', '" "', 'a blank text instead of a name or undefined'],
  ['logStreamName', '["a"]', 'an array instead of a name or undefined'],
] as const) {
  test(`${name} that returns ${result} is reported, and the record is sent as it was logged`, async (t) => {
    const { local, pipeline, problems, module } = await open(t, `export const ${name} = () => (${result});`, {
      logStreamName: 'all',
    });
    pipeline.accept(Date.now(), '{"a":1}');
    await pipeline.flush();
    t.deepEqual(messages(local), ['{"a":1}']);
    t.is(local.events('/test/app')[0]?.logStreamName, 'all');
    t.deepEqual(
      problems().map((text) => text.split('. ')[0]),
      [`module: ${name} of the module ${module} returned ${said}`],
    );
    t.deepEqual(pipeline.counts(), allDelivered(1));
  });
}

test('each kind of failure is reported at once, and again after a minute with the number of times', async (t) => {
  const clock = new ManualClock();
  const { pipeline, problems } = await open(
    t,
    `export const format = ({ kind }) => { if (kind === 'throws') throw new Error('thrown'); };`,
    {},
    { clock },
  );
  const log = (kind: string) => pipeline.accept(clock.now(), JSON.stringify({ kind }));
  for (const kind of ['throws', 'throws', 'returns', 'returns', 'throws']) log(kind);
  const told = () => problems().filter((text) => text.startsWith('module'));
  t.is(told().length, 2);
  await clock.advance(60_000);
  log('throws');
  t.is(told().length, 3);
  t.regex(told().at(-1) ?? '', /\(thrown\) \(2 more since the last report\)$/);
});

test('what is thrown need not be an error, or have a text', async (t) => {
  const { local, pipeline, problems } = await open(
    t,
    `export const format = () => { throw Object.create(null); };
    export const filter = () => { throw 'a text'; };
    export const logStreamName = () => ({ get then() { throw new Error('a getter'); } });`,
  );
  pipeline.accept(Date.now(), 'hello');
  await pipeline.flush();
  t.deepEqual(messages(local), ['hello']);
  t.deepEqual(
    problems().map((text) => text.match(/\(([^()]*)\)$/)?.[1]),
    ['a text', 'a getter', 'what was thrown has no text'],
  );
});

test('the functions get the same record in order: parsed JSON, or { message } for any other text', async (t) => {
  const { local, pipeline } = await open(
    t,
    `export const filter = (record) => { record.seen = ['filter']; return true; };
    export const logGroupName = (record) => void record.seen.push('group');
    export const logStreamName = (record) => void record.seen.push('stream');
    export const format = (record) => JSON.stringify(record);`,
  );
  const texts = ['{"a":{"b":1}}', 'plain', '[1]', 'null', '{"half":', '', Buffer.from('{"é":"🙃"}')];
  for (const text of texts) pipeline.accept(Date.now(), text);
  await pipeline.flush();
  const seen = ['filter', 'group', 'stream'];
  t.deepEqual(
    messages(local).map((text) => JSON.parse(text)),
    [
      { a: { b: 1 }, seen },
      { message: 'plain', seen },
      { message: '[1]', seen },
      { message: 'null', seen },
      { message: '{"half":', seen },
      { message: '', seen },
      { é: '🙃', seen },
    ],
  );
});

test('the fields of templates, the time and the service are those of the record as it was logged', async (t) => {
  const { local, pipeline } = await open(t, `export const format = () => 'formatted';`, {
    logStreamName: '{record.tenant}',
    serviceField: 'module',
    environment: 'test',
  });
  pipeline.accept(
    Date.now(),
    '{"tenant":"acme","module":"checkout"}',
    1000 * Math.floor(Date.now() / 1000 - 60),
  );
  await pipeline.flush();
  const [event] = local.events('/test/app');
  t.is(event?.message, 'formatted');
  t.is(event?.logStreamName, 'acme');
  t.is(event?.entity?.keyAttributes?.Name, 'checkout');
  t.is((event?.timestamp ?? 1) % 1000, 0);
});

test('names keep to the characters and the length that the service accepts', async (t) => {
  const { local, pipeline, problems } = await open(
    t,
    `export const logGroupName = ({ name }) => name;
    export const logStreamName = ({ name }) => name;`,
    { logStreamName: 'all' },
  );
  for (const name of ['aws/é*', `a:${'b'.repeat(600)}`, '\u001b[31m'])
    pipeline.accept(Date.now(), JSON.stringify({ name }));
  await pipeline.flush();
  const names = local.requests.flatMap(({ operation, logGroupName, logStreamName }) =>
    operation === 'PutLogEvents' ? [`${logGroupName} ${logStreamName}`] : [],
  );
  const long = `a_${'b'.repeat(510)}`;
  t.deepEqual([...new Set(names)].toSorted(), ['/test/app all', `${long} ${long}`, 'aws___ aws/é_']);
  t.deepEqual(problems(), []);
  t.deepEqual(pipeline.counts(), allDelivered(3));
});

test('more names than maxLogStreams go where the options say', async (t) => {
  const { local, pipeline } = await open(t, 'export const logStreamName = ({ tenant }) => tenant;', {
    logStreamName: 'all',
    maxLogStreams: 2,
  });
  for (const tenant of ['a', 'b', 'c', 'd', 'a']) pipeline.accept(Date.now(), JSON.stringify({ tenant }));
  await pipeline.flush();
  const byStream = local
    .events('/test/app')
    .map(({ logStreamName, message }) => [logStreamName, JSON.parse(message).tenant]);
  t.deepEqual(byStream.toSorted(), [
    ['a', 'a'],
    ['a', 'a'],
    ['all', 'c'],
    ['all', 'd'],
    ['b', 'b'],
  ]);
  t.deepEqual(pipeline.problems(), ['log-streams']);
});

test('a text that format makes too long for an event is split', async (t) => {
  const { local, pipeline } = await open(t, `export const format = () => 'x'.repeat(1_500_000);`);
  pipeline.accept(Date.now(), 'short');
  await pipeline.flush();
  t.deepEqual(
    messages(local).map((text) => text.length),
    [1_048_550, 451_450],
  );
});

test('without a fallback, a closed pipeline calls no function', async (t) => {
  const { pipeline, problems } = await open(t, `export const filter = () => { throw new Error('called'); };`);
  await pipeline.close();
  pipeline.accept(Date.now(), 'late');
  t.deepEqual(
    problems().filter((text) => text.startsWith('module')),
    [],
  );
});

for (const [way, setUp] of WAYS.filter(([name]) => !name.startsWith('Winston'))) {
  test.serial(`${way}: a line that is longer than an event is whole for the functions`, async (t) => {
    const local = await startLocal(t);
    const module = moduleFile(t, `export const format = ({ text }) => String(text?.length);`);
    const logging = setUp({ ...optionsFor(local), module });
    logging.log('long', { text: 'x'.repeat(3_000_000) });
    await logging.flush();
    t.deepEqual(messages(local), ['3000000']);
    await logging.close();
  });
}

for (const [way, setUp] of WAYS.filter(([name]) => name.endsWith('in a worker'))) {
  test.serial(`${way}: an error that a module leaves uncaught is reported, and loses nothing`, async (t) => {
    const local = await startLocal(t);
    const module = moduleFile(
      t,
      `setTimeout(() => { throw new Error('thrown by a timer'); });
      export const filter = () => { void Promise.reject(new Error('rejected aside')); return true; };`,
    );
    const logging = setUp({ ...optionsFor(local), module, flushIntervalMs: 3_600_000 });
    logging.log('before');
    await until('the report', () => problemsIn(logging).length === 1);
    logging.log('after');
    await logging.flush();
    t.is(messages(local).length, 2);
    t.regex(
      problemsIn(logging)[0] ?? '',
      /^module: An error in the worker thread was not caught\. It comes from the module .*Delivery goes on\./,
    );
    await logging.close();
  });
}

test.serial('records that a module filtered are not lost with a worker that ends', async (t) => {
  const local = await startLocal(t);
  const module = moduleFile(t, 'export const filter = () => false;');
  const [, setUp] = WAYS.find(([way]) => way === 'createStream in a worker') ?? t.fail();
  const workers: Worker[] = [];
  const add = (worker: Worker) => void workers.push(worker);
  process.on('worker', add);
  t.teardown(() => process.off('worker', add));
  const logging = setUp({ ...optionsFor(local), module });
  for (const i of range(10)) logging.log('hello', { i });
  await logging.flush();
  const [worker] = workers;
  await worker?.terminate();
  await until('the report', () => problemsIn(logging).length === 1);
  t.regex(
    problemsIn(logging)[0] ?? '',
    /^worker: The worker thread ended \(exit code 1\)\. Nothing was lost\.$/,
  );
  const { accepted, filtered, dropped } = logging.reports.at(-1)?.counts ?? {};
  t.deepEqual({ accepted, filtered, lost: dropped?.workerEnded }, { accepted: 10, filtered: 10, lost: 0 });
  await logging.close();
});
