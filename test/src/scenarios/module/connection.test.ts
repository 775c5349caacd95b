import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { messages, optionsFor, startLocal } from '../../support/harness.js';
import { ManualClock } from '../../support/manual-clock.js';
import { moduleFile } from '../../support/module-file.js';
import { allDelivered, openPipeline } from '../../support/pipeline.js';
import { GENUINE, startRaw } from '../../support/raw-service.js';
import { signerOf, startSts } from '../../support/sts.js';
import { until } from '../../support/until.js';
import { WAYS } from '../../support/ways.js';

/** A service that takes everything and knows who signed each PutLogEvents. */
async function startSigned(t: ExecutionContext) {
  const signers: string[] = [];
  const { endpoint } = await startRaw(t, (response, { headers }) => {
    if (headers['x-amz-target'] === 'Logs_20140328.PutLogEvents')
      signers.push(signerOf(headers.authorization));
    response.writeHead(200, GENUINE).end('{}');
  });
  return { endpoint, signers };
}

for (const [way, setUp] of WAYS) {
  test.serial(`${way}: credentials of a module sign the requests`, async (t) => {
    const service = await startSigned(t);
    const module = moduleFile(
      t,
      `export const credentials = async () => ({ accessKeyId: 'AKIAMODULE', secretAccessKey: 'hunter2' });`,
    );
    const logging = setUp({ ...optionsFor(service), module });
    logging.log('hello');
    await logging.flush();
    t.deepEqual(service.signers, ['AKIAMODULE']);
    t.notRegex(JSON.stringify(logging.reports), /hunter2/);
    await logging.close();
  });

  test.serial(
    `${way}: requests go through the requestHandler of a module, which is not ended with them`,
    async (t) => {
      const local = await startLocal(t);
      const module = moduleFile(
        t,
        `import { appendFileSync } from 'node:fs';
      import { Readable } from 'node:stream';
      const file = new URL('calls', import.meta.url);
      const tell = (text) => appendFileSync(file, text + ' ');
      export const requestHandler = {
        headers: { 'x-amzn-requestid': '1' },
        async handle(request) {
          tell(request.headers['x-amz-target']);
          return { response: { statusCode: 200, headers: this.headers, body: Readable.from(['{}']) } };
        },
        destroy: () => tell('destroyed'),
      };`,
      );
      const logging = setUp({ ...optionsFor(local), module });
      logging.log('hello');
      await logging.flush();
      await logging.close();
      t.is(logging.reports.at(-1)?.counts.delivered, 1);
      t.is(local.requests.length, 0);
      const file = join(dirname(module), 'calls');
      await until('the calls', () => existsSync(file));
      t.is(readFileSync(file, 'utf8'), 'Logs_20140328.PutLogEvents ');
    },
  );
}

test('credentials of a module come before the options and the environment', async (t) => {
  const service = await startSigned(t);
  const module = moduleFile(
    t,
    `exports.credentials = () => ({ accessKeyId: 'AKIAMODULE', secretAccessKey: 's' });`,
    'a.cjs',
  );
  const pipeline = openPipeline(service, {
    module,
    credentials: { accessKeyId: 'AKIAOPTION', secretAccessKey: 's' },
  });
  pipeline.accept(Date.now(), 'hello');
  await pipeline.flush();
  t.deepEqual(service.signers, ['AKIAMODULE']);
});

test.serial('roleArn is assumed with the credentials of a module', async (t) => {
  const service = await startSigned(t);
  const sts = await startSts(t);
  process.env.AWS_ENDPOINT_URL_STS = sts.endpoint;
  t.teardown(() => delete process.env.AWS_ENDPOINT_URL_STS);
  const module = moduleFile(
    t,
    `export const credentials = () => ({ accessKeyId: 'AKIAMODULE', secretAccessKey: 's' });`,
  );
  const pipeline = openPipeline(service, { module, roleArn: 'arn:aws:iam::123456789012:role/logs' });
  pipeline.accept(Date.now(), 'hello');
  await pipeline.flush();
  t.deepEqual(
    sts.requests.map(({ signedBy }) => signedBy),
    ['AKIAMODULE'],
  );
  t.deepEqual(service.signers, ['ASIAROLE1']);
});

test('credentials of a module are found again before they expire, and not for each request', async (t) => {
  const service = await startSigned(t);
  const clock = new ManualClock();
  const module = moduleFile(
    t,
    `let count = 0;
    export const credentials = () => ({
      accessKeyId: 'AKIA' + ++count,
      secretAccessKey: 's',
      expiration: new Date(${clock.now()} + count * 3_600_000),
    });`,
  );
  const pipeline = openPipeline(service, { module, flushIntervalMs: 1 }, { clock });
  for (const ms of [0, 1, 3_600_000 - 4 * 60_000]) {
    await clock.advance(ms);
    pipeline.accept(clock.now(), 'hello');
    await pipeline.flush();
  }
  t.deepEqual(service.signers, ['AKIA1', 'AKIA1', 'AKIA2']);
});

for (const [what, body, said] of [
  ['throw', `throw new Error('no vault');`, 'no vault'],
  ['reject', `return Promise.reject(new Error('no vault'));`, 'no vault'],
  ['return nothing', '', 'it returned something else than { accessKeyId, secretAccessKey, … }'],
  [
    'return a text',
    `return 'hunter2';`,
    'it returned something else than { accessKeyId, secretAccessKey, … }',
  ],
  ['lack a key', `return { accessKeyId: 'AKIA' };`, 'it returned something else than'],
  [
    'have an invalid Date as expiry',
    `return { accessKeyId: 'AKIA', secretAccessKey: 'hunter2', expiration: new Date(NaN) };`,
    'it returned something else than',
  ],
  [
    'have an expiry that is no Date',
    `return { accessKeyId: 'AKIA', secretAccessKey: 'hunter2', expiration: 'soon' };`,
    'it returned something else than',
  ],
] as const) {
  test(`credentials of a module that ${what} are reported; events wait until they are there`, async (t) => {
    const service = await startSigned(t);
    const module = moduleFile(
      t,
      `let isReady = false;
      globalThis[${JSON.stringify(what)}] = () => { isReady = true; };
      export function credentials() {
        if (isReady) return { accessKeyId: 'AKIALATE', secretAccessKey: 's' };
        ${body}
      }`,
    );
    const pipeline = openPipeline(service, { module });
    pipeline.accept(Date.now(), 'waits');
    const flushed = pipeline.flush();
    await until('the report', () => pipeline.problems().includes('denied'));
    const report = pipeline.reports.find(({ kind }) => kind === 'problem');
    const message = report?.kind === 'problem' ? report.message : '';
    t.regex(
      message,
      /^The function credentials of the module \(option module\) gives no credentials\..*Events wait/,
    );
    t.true(message.includes(`(ModuleCredentialsError: ${said}`), message);
    t.notRegex(message, /hunter2/);
    t.deepEqual(service.signers, []);
    Reflect.get(globalThis, what)();
    await flushed;
    t.deepEqual(service.signers, ['AKIALATE']);
  });
}

test('requestHandler may be options, which are added to our own', async (t) => {
  const local = await startLocal(t);
  const module = moduleFile(
    t,
    `import { Agent } from 'node:http';
    import { connect } from 'node:net';
    const httpAgent = new Agent();
    httpAgent.createConnection = () => connect(${new URL(local.endpoint).port}, '127.0.0.1');
    export const requestHandler = { httpAgent };`,
  );
  const pipeline = openPipeline({ endpoint: 'http://putlogs.invalid' }, { module });
  pipeline.accept(Date.now(), 'hello');
  await pipeline.flush();
  t.deepEqual(messages(local), ['hello']);
  t.deepEqual(pipeline.counts(), allDelivered(1));
});

for (const [what, handle] of [
  ['throws', `() => { throw new Error('on purpose'); }`],
  ['rejects', `async () => { throw new Error('on purpose'); }`],
  ['returns nothing', `async () => undefined`],
  ['returns no response', `async () => ({})`],
] as const) {
  test(`a requestHandler that ${what} is reported, and events wait until it works`, async (t) => {
    const local = await startLocal(t);
    const module = moduleFile(
      t,
      `import { Readable } from 'node:stream';
      let isReady = false;
      globalThis[${JSON.stringify(what)}] = () => { isReady = true; };
      const broken = ${handle};
      const headers = { 'x-amzn-requestid': '1' };
      export const requestHandler = {
        handle: () => isReady ? { response: { statusCode: 200, headers, body: Readable.from(['{}']) } } : broken(),
      };`,
    );
    const pipeline = openPipeline(local, { module });
    pipeline.accept(Date.now(), 'waits');
    const flushed = pipeline.flush();
    await until('the report', () => pipeline.problems().includes('unavailable'));
    t.is(pipeline.reports.at(-1)?.counts.pending, 1);
    Reflect.get(globalThis, what)();
    await flushed;
    t.is(pipeline.counts().delivered, 1);
  });
}

for (const [what, wrap] of [
  ['frozen', 'Object.freeze(handler)'],
  ['an instance of a class', 'new (class { handle(request) { return handler.handle(request); } })()'],
] as const) {
  test(`a requestHandler may be ${what}`, async (t) => {
    const local = await startLocal(t);
    const module = moduleFile(
      t,
      `import { Readable } from 'node:stream';
      const headers = { 'x-amzn-requestid': '1' };
      const handler = {
        async handle() { return { response: { statusCode: 200, headers, body: Readable.from(['{}']) } }; },
      };
      export const requestHandler = ${wrap};`,
    );
    const pipeline = openPipeline(local, { module });
    pipeline.accept(Date.now(), 'hello');
    await pipeline.flush();
    t.deepEqual(pipeline.counts(), allDelivered(1));
    t.deepEqual(pipeline.problems(), []);
    t.is(local.requests.length, 0);
  });
}

for (const [way, setUp] of WAYS) {
  test.serial(`${way}: a requestHandler with a getter that throws is reported, and ignored`, async (t) => {
    const local = await startLocal(t);
    const module = moduleFile(
      t,
      `export const requestHandler = { get httpAgent() { throw new Error('on purpose'); } };`,
    );
    const logging = setUp({ ...optionsFor(local), entity: false, module });
    logging.log('hello');
    await logging.flush();
    t.is(messages(local).length, 1);
    t.deepEqual(
      logging.reports.flatMap((report) => (report.kind === 'problem' ? [report.code] : [])),
      ['module'],
    );
    t.regex(
      JSON.stringify(logging.reports),
      /exports requestHandler, which cannot be used, and is ignored\. Correct it\. \(on purpose\)/,
    );
    await logging.close();
  });
}
