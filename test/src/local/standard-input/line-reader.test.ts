import { PassThrough } from 'node:stream';
import { readLines } from '@putlogs/local/internal';
import test from 'ava';
import { until } from '../../support/until.js';
import { NOW } from '../support.js';

interface LineEvent {
  readonly timestamp: number;
  readonly message: string;
}

/** An input that is read, a clock, and the pause that the test makes. */
class Reading {
  readonly input = new PassThrough();
  readonly events: LineEvent[] = [];
  readonly end: Promise<void>;
  now = NOW;
  #pieces = 0;
  #callback = (): void => undefined;

  constructor() {
    const afterPause = (callback: () => void) => {
      this.#callback = callback;
      this.#pieces++;
      return () => {
        this.#callback = () => undefined;
      };
    };
    this.end = readLines(this.input, { now: () => this.now, afterPause }, async (events) => {
      this.events.push(...events);
    });
  }

  /** Writes a piece that is read by itself. */
  async write(text: string): Promise<void> {
    const before = this.#pieces;
    this.input.write(text);
    await until('the piece', () => this.#pieces > before);
  }

  pause(): void {
    this.#callback();
  }

  async close(): Promise<void> {
    this.input.end();
    await this.end;
  }

  get messages(): readonly string[] {
    return this.events.map(({ message }) => message);
  }
}

const STACK = ['Error: broken', '    at run (app.js:1:1)', '    at main (app.js:2:2)'];

test('a stack that arrives in pieces is one event, also when a line is cut', async (t) => {
  const reading = new Reading();
  await reading.write(`before\n${STACK[0]}\n`);
  t.deepEqual(reading.messages, ['before']);
  await reading.write(`${STACK[1]}\n    at ma`);
  reading.pause();
  await reading.write('in (app.js:2:2)\nafter\n');
  t.deepEqual(reading.messages, ['before', STACK.join('\n')]);
  await reading.close();
  t.deepEqual(reading.messages, ['before', STACK.join('\n'), 'after']);
});

test('a line is shown when the input pauses, also before a prompt without an end', async (t) => {
  const reading = new Reading();
  await reading.write('listening\n> ');
  t.deepEqual(reading.messages, []);
  reading.pause();
  t.deepEqual(reading.messages, ['listening']);
  await reading.close();
  t.deepEqual(reading.messages, ['listening', '> ']);
});

test('what is held is shown when the input breaks off', async (t) => {
  const reading = new Reading();
  await reading.write('last\n');
  reading.input.destroy(new Error('gone'));
  await t.throwsAsync(reading.end, { message: 'gone' });
  t.deepEqual(reading.messages, ['last']);
});

test('an event of many lines is cut', async (t) => {
  const reading = new Reading();
  await reading.write(`first\n${` ${'x'.repeat(99_999)}\n`.repeat(11)}`);
  await reading.close();
  t.is(reading.events.length, 2);
  t.true(reading.events.every(({ message }) => message.length < 1_100_000));
});

test('a line without a time has that of the line before it, if that is as recent', async (t) => {
  const reading = new Reading();
  const stated = '2026-01-01T00:00:00Z';
  await reading.write(`${stated} INFO start\nno time\n`);
  reading.now += 999;
  await reading.write('soon after\n');
  reading.pause();
  reading.now += 1;
  await reading.write('later\n');
  await reading.close();
  const time = Date.parse(stated);
  t.deepEqual(
    reading.events.map(({ timestamp }) => timestamp),
    [time, time, time, NOW + 1_000],
  );
});

test('colours of a line hide neither its time nor that it goes on', async (t) => {
  const reading = new Reading();
  reading.input.write(
    '\u001b[90m2026-11-24T10:00:00Z\u001b[39m first\n\u001b[90m    at run (app.js:1:1)\u001b[39m\n',
  );
  await reading.close();
  t.deepEqual(reading.events, [
    {
      timestamp: Date.UTC(2026, 10, 24, 10),
      message: '\u001b[90m2026-11-24T10:00:00Z\u001b[39m first\n\u001b[90m    at run (app.js:1:1)\u001b[39m',
    },
  ]);
});

for (const time of [12.5, 0, 946_000_000]) {
  test(`a line with the number ${time} for a time has the present one`, async (t) => {
    const reading = new Reading();
    reading.input.write(`${JSON.stringify({ time, msg: 'm' })}\n`);
    await reading.close();
    t.is(reading.events[0]?.timestamp, NOW);
  });
}
