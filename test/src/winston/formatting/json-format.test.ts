import { jsonFormat } from '@putlogs/winston';
import test from 'ava';
import fc from 'fast-check';
import winston from 'winston';

const MESSAGE = Symbol.for('message');

const { combine, json, timestamp, uncolorize } = winston.format;

/** winston-transport's class, which Winston's types leave out. */
const { Transport } = winston as unknown as {
  Transport: new () => winston.Logger['transports'][number];
};

/** A transport of somebody else's. */
class Capture extends Transport {
  readonly texts: string[] = [];

  override log(info: Record<symbol, string>, callback: () => void): void {
    this.texts.push(info[MESSAGE] ?? '');
    callback();
  }
}

/** The text of what is logged. */
function textOf(format: winston.Logform.Format, log: (logger: winston.Logger) => void): string {
  const capture = new Capture();
  log(winston.createLogger({ format, transports: [capture] }));
  const [text, ...more] = capture.texts;
  if (text === undefined || more.length > 0) throw new Error(`${capture.texts.length} records`);
  return text;
}

const ours = (log: (logger: winston.Logger) => void) => JSON.parse(textOf(jsonFormat(), log));
const winstons = (log: (logger: winston.Logger) => void) => JSON.parse(textOf(json(), log));

test("any JSON is written as by Winston's json, but for the order of the fields", (t) => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (fields, message) => {
      const log = (logger: winston.Logger) => logger.info(message, fields);
      t.deepEqual(ours(log), winstons(log));
    }),
  );
});

class Money {
  readonly amount = 7;
  toJSON() {
    return `${this.amount} EUR`;
  }
}

const circle: Record<string, unknown> = { name: 'circle' };
circle.self = circle;
circle.list = [circle];
const shared = { id: 7 };

for (const [what, value] of [
  ['undefined', undefined],
  ['null', null],
  ['a function', () => 7],
  ['a symbol', Symbol('s')],
  ['a symbol for a key', { [Symbol('s')]: 7, a: 1 }],
  ['NaN and infinity', [Number.NaN, Number.POSITIVE_INFINITY, -0]],
  ['undefined in a list', [undefined, () => 7]],
  ['undefined in an object', { a: undefined, b: 1 }],
  ['a Date', new Date(0)],
  ['a Date that is none', new Date(Number.NaN)],
  ['a Map', new Map([['a', 1]])],
  ['a Set', new Set([1])],
  ['a Buffer', Buffer.from('hello')],
  ['a typed array', new Uint16Array([1, 2])],
  ['a regular expression', /a/],
  ['a toJSON', { price: new Money() }],
  ['a BigInt', 12n],
  ['a BigInt within', { list: [{ big: 12n }] }],
  ['a circle', circle],
  ['the same object twice', [shared, shared]],
  ['a lone surrogate', '\ud800'],
  ['an object without a prototype', Object.assign(Object.create(null), { a: 1 })],
] as const) {
  test(`${what} is written as by Winston's json`, (t) => {
    const log = (logger: winston.Logger) => logger.info('hello', { before: 1, value, after: 2 });
    t.deepEqual(ours(log), winstons(log));
  });
}

test("a record that holds itself is written as by Winston's json", (t) => {
  const log = (logger: winston.Logger) => {
    const record: Record<string, unknown> = { message: 'hello' };
    record.self = record;
    logger.info(record);
  };
  t.deepEqual(ours(log), winstons(log));
});

test('fields stand in the order in which they were given', (t) => {
  const text = textOf(jsonFormat(), (logger) => logger.info('hello', { z: 1, a: 2 }));
  t.is(text, '{"z":1,"a":2,"level":"info","message":"hello"}');
});

test('values behind a message with placeholders are left to splat()', (t) => {
  t.deepEqual(
    ours((logger) => logger.info('%s has %d', 'it', 7)),
    { level: 'info', message: '%s has %d' },
  );
  const text = textOf(combine(winston.format.splat(), jsonFormat()), (logger) =>
    logger.info('%s has %d', 'it', 7),
  );
  t.is(JSON.parse(text).message, 'it has 7');
});

test('formats in front of it and behind it do their part', (t) => {
  const text = textOf(combine(timestamp(), jsonFormat(), uncolorize()), (logger) => logger.info('hello'));
  t.is(typeof JSON.parse(text).timestamp, 'string');
});

test('an error that is logged keeps its message, stack, cause and fields', (t) => {
  const error = Object.assign(new TypeError('boom', { cause: new Error('root') }), { code: 'E_BOOM' });
  const { cause, ...record } = ours((logger) => logger.error(error));
  t.deepEqual(record, { level: 'error', message: 'boom', stack: error.stack, code: 'E_BOOM' });
  t.is(cause.message, 'root');
});

test('an error in a field keeps them, too', (t) => {
  const error = Object.assign(new RangeError('boom', { cause: new Error('root') }), { code: 'E_BOOM' });
  const { err, message } = ours((logger) => logger.error('failed', { err: error }));
  const { cause, ...rest } = err;
  t.is(message, 'failed');
  t.deepEqual(rest, { name: 'RangeError', message: 'boom', stack: error.stack, code: 'E_BOOM' });
  t.is(cause.message, 'root');
});

test('the errors of an AggregateError are kept', (t) => {
  const error = new AggregateError([new Error('one'), new Error('two')], 'both');
  const { err } = ours((logger) => logger.error('failed', { err: error }));
  t.deepEqual(
    err.errors.map(({ message }: Error) => message),
    ['one', 'two'],
  );
});

test('an error beside a circle and a BigInt is kept', (t) => {
  const error = new Error('boom');
  const record = ours((logger) => logger.error('failed', { err: error, circle, big: 12n }));
  t.is(record.err.stack, error.stack);
  t.is(record.big, '12');
  t.is(record.circle.self, '[Circular]');
});

const throws = () => {
  throw new Error('do not touch');
};

for (const [what, bad] of [
  ['a getter', Object.defineProperty({}, 'bad', { enumerable: true, get: throws })],
  ['a toJSON', { deep: [{ toJSON: throws }] }],
  ['a Proxy', new Proxy({}, { ownKeys: throws })],
] as const) {
  test(`${what} that throws costs its field alone, and does not throw into the application`, (t) => {
    const record = ours((logger) =>
      logger.info('hello', { before: 12n, bad, none: undefined, err: new Error('boom'), after: circle }),
    );
    t.like(record, { level: 'info', message: 'hello', before: '12', bad: '[could not be read]' });
    t.is(record.after.name, 'circle');
    t.is(record.err.message, 'boom');
    t.false('none' in record);
  });
}

test('a getter of the record itself that throws costs itself alone', (t) => {
  const record = Object.defineProperty({ message: 'hello' }, 'bad', { enumerable: true, get: throws });
  t.deepEqual(
    ours((logger) => logger.info(record)),
    { level: 'info', message: 'hello', bad: '[could not be read]' },
  );
});

test('what is nested too deep to be written costs its field alone', (t) => {
  // JSON.stringify of newer Node versions goes to any depth, unless it has to call something.
  let deep: unknown = { toJSON: () => 1 };
  for (let i = 0; i < 100_000; i++) deep = [deep];
  t.deepEqual(
    ours((logger) => logger.info('hello', { deep })),
    { level: 'info', message: 'hello', deep: '[could not be read]' },
  );
});

test('the record is left as it was', (t) => {
  const meta = { err: new Error('boom'), list: [1], big: 12n };
  const before = { ...meta };
  textOf(jsonFormat(), (logger) => logger.error('failed', meta));
  t.deepEqual(meta, before);
});
