import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import {
  DescriptorWriter,
  Fallback,
  LineOutput,
  RestartingChannel,
  systemClock,
} from '@putlogs/core/internal';
import { type Options, type Report, Reporter, resolveConfig } from '@putlogs/core/main-thread';
import test, { type ExecutionContext } from 'ava';
import { openPipe } from '../../support/fifo.js';
import { messages, optionsFor, puts, startLocal } from '../../support/harness.js';
import { ManualClock, settled } from '../../support/manual-clock.js';
import { moduleFile } from '../../support/module-file.js';
import { preventTermination } from '../../support/prevent-termination.js';
import { until, untilResolved } from '../../support/until.js';
import { WAYS } from '../../support/ways.js';

/** A stream to a worker, and the workers that it starts. */
async function inWorker(t: ExecutionContext, code: string, options: Options = {}) {
  const local = await startLocal(t);
  const module = moduleFile(t, code);
  const workers: Worker[] = [];
  const add = (worker: Worker) => void workers.push(worker);
  process.on('worker', add);
  t.teardown(() => process.off('worker', add));
  const [, setUp] = WAYS.find(([way]) => way === 'createStream in a worker') ?? t.fail();
  const logging = setUp({ ...optionsFor(local), entity: false, ...options, module });
  const problems = () =>
    logging.reports.flatMap((report) =>
      report.kind === 'problem' ? [`${report.code}: ${report.message}`] : [],
    );
  return { local, module, workers, logging, problems };
}

test.serial(
  'process.exit() in a function costs the records that the worker had, and the next one gets the later ones',
  async (t) => {
    const { local, workers, logging, problems } = await inWorker(
      t,
      `export const filter = ({ msg }) => msg !== 'bad' || process.exit(0);`,
      { closeTimeoutMs: 8000 },
    );
    logging.log('before');
    await logging.flush();
    logging.log('bad');
    await until('the report', () => problems().length === 1);
    logging.log('after');
    await logging.flush();
    t.deepEqual(
      messages(local).map((text) => JSON.parse(text).msg),
      ['before', 'after'],
    );
    t.deepEqual(problems(), ['worker: The worker thread ended (exit code 0). 1 event was lost.']);
    t.is(workers.length, 2);
    const { accepted, delivered, dropped } = logging.reports.at(-1)?.counts ?? {};
    t.deepEqual({ accepted, delivered, lost: dropped?.workerEnded }, { accepted: 3, delivered: 2, lost: 1 });
    await logging.close();
  },
);

test.serial(
  'what a module breaks for our code costs one record, not the message that it came with',
  async (t) => {
    const { local, logging, problems } = await inWorker(
      t,
      `const { isBuffer } = Buffer;
      Buffer.isBuffer = (value) => {
        if (isBuffer(value) && value.includes('"bad"')) throw new Error('broken on purpose');
        return isBuffer(value);
      };
      export const onReport = () => undefined;`,
    );
    for (const text of ['before', 'bad', 'after']) logging.log(text);
    await logging.flush();
    t.deepEqual(
      messages(local).map((text) => JSON.parse(text).msg),
      ['before', 'after'],
    );
    t.is(problems().length, 1);
    t.regex(problems()[0] ?? '', /^worker: A record may be lost: .*\(broken on purpose\)$/);
    const { accepted, delivered, dropped } = logging.reports.at(-1)?.counts ?? {};
    t.deepEqual({ accepted, delivered, lost: dropped?.workerEnded }, { accepted: 3, delivered: 2, lost: 1 });
    await logging.close();
  },
);

test.serial('an error that a module leaves uncaught during the close is reported', async (t) => {
  const { local, module, logging, problems } = await inWorker(
    t,
    `import { existsSync } from 'node:fs';
    const now = new URL('now', import.meta.url);
    const timer = setInterval(() => {
      if (!existsSync(now)) return;
      clearInterval(timer);
      throw new Error('thrown late');
    });
    export const onReport = () => undefined;`,
  );
  local.fault({ kind: 'error503', operation: 'PutLogEvents' });
  logging.log('hello');
  await until('a request', () => puts(local).length > 0);
  const closed = logging.close();
  await settled();
  writeFileSync(join(dirname(module), 'now'), '');
  await until('the report', () => problems().some((text) => text.includes('(thrown late)')));
  local.clearFaults();
  await closed;
  t.is(messages(local).length, 1);
});

test.serial(
  'what a fallback has taken from a worker that is stuck does not arrive as well when the worker goes on',
  async (t) => {
    const pipe = openPipe(t);
    const local = await startLocal(t);
    const module = moduleFile(
      t,
      `import { existsSync, writeFileSync } from 'node:fs';
      const file = (name) => new URL(name, import.meta.url);
      export const filter = ({ message }) => {
        if (message === 'stuck') {
          writeFileSync(file('stuck'), '');
          while (!existsSync(file('go-on')));
        }
        return true;
      };`,
    );
    const clock = new ManualClock();
    const config = resolveConfig({ ...optionsFor(local), module, entity: false, closeTimeoutMs: 1000 });
    const reporter = new Reporter(() => undefined, false, clock);
    const fallback = new Fallback(
      'stdout',
      reporter,
      new LineOutput(new DescriptorWriter(pipe.writer, systemClock)),
    );
    const reports: Report[] = [];
    const report = (given: Report) => reports.push(given);
    const channel = new RestartingChannel(true, { config, clock, reporter, fallback, report });
    const worker = new Promise<Worker>((resolve) => process.once('worker', resolve));
    channel.write([Date.now(), 'first']);
    await channel.flush();
    preventTermination(t, await worker);
    const file = (name: string) => join(dirname(module), name);
    channel.write([Date.now(), 'stuck']);
    await clock.advance(25);
    await until('the worker', () => existsSync(file('stuck')));
    channel.write([Date.now(), 'unseen']);
    const flushed = channel.flush();
    const closed = channel.close();
    await untilResolved('the close, which gives the worker up', closed, () => clock.advance(100));
    await untilResolved('the flush, which a worker that was given up does not hold up', flushed, () =>
      settled(),
    );
    let written = '';
    await until('the fallback', () => {
      written += pipe.read();
      return written === 'unseen\n';
    });
    writeFileSync(file('go-on'), '');
    await until('the end of the pipeline', () => messages(local).includes('stuck'));
    await until('its last report', () => reports.at(-1)?.counts.delivered === 2);
    t.deepEqual(messages(local), ['first', 'stuck']);
  },
);
