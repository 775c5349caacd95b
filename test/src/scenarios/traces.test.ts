import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CloudWatchTransport } from '@putlogs/winston';
import test from 'ava';
import pino from 'pino';
import winston from 'winston';
import { messages, optionsFor, startLocal } from '../support/harness.js';

/** The repository. */
const root = new URL('../../../', import.meta.url);

/** As OpenTelemetry's instrumentations of Pino and of Winston add it to each record. */
const TRACE = {
  trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
  span_id: '00f067aa0ba902b7',
  trace_flags: '01',
};

test("Pino: a record's trace arrives unchanged", async (t) => {
  const local = await startLocal(t);
  const transport = pino.transport({ target: '@putlogs/pino', options: optionsFor(local) });
  const log = pino({ mixin: () => TRACE }, transport);
  log.info('placed');
  await new Promise((resolve) => log.flush(resolve));
  const { trace_id, span_id, trace_flags, msg } = JSON.parse(messages(local)[0] ?? '');
  t.deepEqual({ trace_id, span_id, trace_flags, msg }, { ...TRACE, msg: 'placed' });
});

test("Winston: a record's trace arrives unchanged", async (t) => {
  const local = await startLocal(t);
  const transport = new CloudWatchTransport(optionsFor(local));
  const log = winston.createLogger({ transports: [transport] });
  // The instrumentation adds it on the way to the transports, as a format does.
  log.info('placed', TRACE);
  await transport.flush();
  t.deepEqual(JSON.parse(messages(local)[0] ?? ''), { level: 'info', message: 'placed', ...TRACE });
  log.close();
});

test('the example shows a log line, its trace and its entity', async (t) => {
  const example = fileURLToPath(new URL('examples/trace/trace.js', root));
  const { stdout } = await promisify(execFile)(process.execPath, [example]);
  t.regex(stdout, /^trace id {4}4bf92f3577b34da6a3ce929d0e0e4736$/m);
  t.regex(stdout, /"Name": "checkout",\s+"Environment": "ecs:prod"/);
});

// The application's own OpenTelemetry, of whatever version, meets no other.
for (const name of ['core', 'pino', 'winston', 'local']) {
  test(`@putlogs/${name} depends on nothing of OpenTelemetry's`, (t) => {
    const file = new URL(`packages/${name}/package.json`, root);
    const {
      dependencies = {},
      peerDependencies = {},
      optionalDependencies = {},
    } = JSON.parse(readFileSync(file, 'utf8'));
    const all = Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies });
    t.deepEqual(
      all.filter((dependency) => dependency.startsWith('@opentelemetry/')),
      [],
    );
  });
}
