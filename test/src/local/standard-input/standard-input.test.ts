import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { until } from '../../support/until.js';
import { NOW } from '../support.js';

const CLI = fileURLToPath(new URL('cli.js', import.meta.resolve('@putlogs/local')));

interface Event {
  readonly timestamp: number;
  readonly message: string;
  readonly logGroupName: string;
}

/** A service with a standard input, and the events that it prints. */
class Piped {
  readonly child: ChildProcess;
  readonly #lines: string[] = [];
  #out = '';
  #err = '';

  constructor(t: ExecutionContext, input: 'pipe' | 'ignore' | number) {
    this.child = spawn(process.execPath, [CLI, '--json', '--port', '0'], { stdio: [input, 'pipe', 'pipe'] });
    t.teardown(() => this.child.kill('SIGKILL'));
    // The service has been killed while it was written to.
    this.child.stdin?.on('error', () => undefined);
    this.child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = `${this.#out}${chunk}`.split('\n');
      this.#out = lines.pop() ?? '';
      this.#lines.push(...lines);
    });
    this.child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      this.#err += chunk;
    });
  }

  write(text: string): void {
    this.child.stdin?.write(text);
  }

  async events(count: number): Promise<readonly Event[]> {
    await until(
      `${count} events`,
      () => this.#lines.length >= count,
      () => sleep(10),
    );
    return this.#lines.map((line) => JSON.parse(line));
  }

  async said(pattern: RegExp): Promise<void> {
    await until(
      `${pattern} on stderr`,
      () => pattern.test(this.#err),
      () => sleep(10),
    );
  }
}

const messages = (events: readonly Event[]): readonly string[] => events.map(({ message }) => message);

test('lines of an application become events of a log stream', async (t) => {
  const piped = new Piped(t, 'pipe');
  piped.write('{"level":30,"time":1795521600000,"msg":"pino"}\n');
  const [first] = await piped.events(1);
  t.like(first, {
    timestamp: NOW,
    message: '{"level":30,"time":1795521600000,"msg":"pino"}',
    logGroupName: 'stdin',
  });
  piped.write('unfin');
  piped.write('ished\n\n  \nnext\r\n');
  t.deepEqual(messages(await piped.events(3)).slice(1), ['unfinished', 'next']);
});

const TIMES = [
  ['{"level":"info","message":"winston","timestamp":"2026-11-24T12:00:00.000Z"}', NOW],
  ['{"time":"2026-11-24T12:00:00.000Z"}', NOW],
  ['{"ts":1795521600.5}', NOW + 500],
  ['{"time":1795521600000,"timestamp":1}', NOW],
  ['2026-11-24T12:00:00Z INFO text', NOW],
  ['[2026-11-24 12:00:00,250+00:00] text', NOW + 250],
  ['{"time":"1999-01-01T00:00:00Z"}', Date.UTC(1999, 0)],
  ['{"time":1795521600000250}', NOW],
  ['{"time":1795521600000000250}', NOW],
] as const;

test('the time of a line is the one that it states', async (t) => {
  const piped = new Piped(t, 'pipe');
  for (const [line] of TIMES) piped.write(`${line}\n`);
  const events = await piped.events(TIMES.length);
  for (const [line, timestamp] of TIMES) {
    t.is(events.find(({ message }) => message === line)?.timestamp, timestamp, line);
  }
});

test('a line without a time gets the present one', async (t) => {
  const piped = new Piped(t, 'pipe');
  const before = Date.now();
  piped.write('{"time":"yesterday"}\n{"time":-1}\ntext\n');
  const events = await piped.events(3);
  t.true(events.every(({ timestamp }) => timestamp >= before && timestamp <= Date.now()));
});

test('a stack and an inspected object stay whole', async (t) => {
  const piped = new Piped(t, 'pipe');
  const stack = 'Error: broken\n    at run (app.js:1:1)\n    at main (app.js:2:2)';
  const inspected = '{\n  a: 1,\n  b: [ 2 ]\n}';
  piped.write(`${stack}\nbetween\n${inspected}\n`);
  t.deepEqual(messages(await piped.events(3)), [stack, 'between', inspected]);
});

test('a line that does not end is cut, and takes no more memory', async (t) => {
  const piped = new Piped(t, 'pipe');
  piped.write('x'.repeat(2_500_000));
  const [first] = await piped.events(1);
  t.true((first?.message.length ?? 0) > 1_000_000);
  piped.write('\nend\n');
  const events = await piped.events(1);
  t.true(events.every(({ message }) => /^x+$/.test(message)));
});

test('a file can be read, its last line without an end too, and the service goes on', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'putlogs-stdin-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'app.log'), 'one\ntwo');
  const file = await open(join(folder, 'app.log'));
  t.teardown(() => file.close());
  const piped = new Piped(t, file.fd);
  t.deepEqual(messages(await piped.events(2)), ['one', 'two']);
  await piped.said(/The input has ended\. The service and its page http:\S+\/ go on until Ctrl\+C\.\n/);
  t.is(piped.child.exitCode, null);
});

for (const input of ['pipe', 'ignore'] as const) {
  test(`SIGTERM ends the service while its input is open: ${input}`, async (t) => {
    const piped = new Piped(t, input);
    await piped.said(/Press Ctrl\+C to end/);
    piped.child.kill('SIGTERM');
    const [code] = await once(piped.child, 'exit');
    t.is(code, 0);
  });
}
