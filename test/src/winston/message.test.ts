import { jsonFormat } from '@awslogs/winston';
import test from 'ava';
import winston from 'winston';
import type { Info } from '../../../packages/winston/dist/info.js';
import { messageOf } from '../../../packages/winston/dist/message.js';

/** winston-transport's class, which Winston's types leave out. */
const { Transport } = winston as unknown as {
  Transport: new (options: { format?: winston.Logform.Format }) => winston.Logger['transports'][number];
};

const { combine, json, printf, simple, timestamp, errors, splat, prettyPrint, uncolorize } = winston.format;

/** Keeps the text of each record; takes it as the transport does. */
class Capture extends Transport {
  readonly texts: string[] = [];
  #original: Info | undefined;

  override _write(info: Info, encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#original = info;
    super._write(info, encoding, callback);
  }

  override log(info: Info, callback: () => void): void {
    this.texts.push(messageOf(info, this.#original ?? info));
    callback();
  }
}

interface Formats {
  /** The logger's. */
  readonly format?: winston.Logform.Format;
  /** The transport's own. */
  readonly own?: winston.Logform.Format;
}

/** The text of what is logged. */
function textOf({ format, own }: Formats, log: (logger: winston.Logger) => void): string {
  const capture = new Capture(own === undefined ? {} : { format: own });
  const logger = winston.createLogger({ transports: [capture], level: 'silly', ...(format && { format }) });
  log(logger);
  const [text, ...more] = capture.texts;
  if (text === undefined || more.length > 0) throw new Error(`${capture.texts.length} records`);
  return text;
}

type Json = { readonly [key: string]: Json } & { readonly message?: string; readonly stack?: string };

const jsonOf = (formats: Formats, log: (logger: winston.Logger) => void) =>
  JSON.parse(textOf(formats, log)) as Json;

/** Each way to have JSON, without the format errors(). */
const JSON_FORMATS: readonly (readonly [string, Formats])[] = [
  ['no format', {}],
  ['json()', { format: json() }],
  ['timestamp() and json()', { format: combine(timestamp(), json()) }],
  ['timestamp() alone', { format: timestamp() }],
  ["json() as the transport's own", { format: timestamp(), own: json() }],
  ['jsonFormat()', { format: jsonFormat() }],
  ["jsonFormat() as the transport's own", { format: timestamp(), own: jsonFormat() }],
];

for (const [what, formats] of JSON_FORMATS) {
  test(`${what}: a record without errors is what the format made of it`, (t) => {
    const record = jsonOf(formats, (logger) => logger.info('hello', { user: { id: 7 }, list: [1, 'b'] }));
    const { timestamp: _, ...rest } = record;
    t.deepEqual(rest as unknown, { level: 'info', message: 'hello', user: { id: 7 }, list: [1, 'b'] });
  });

  test(`${what}: logger.error(error) has its message and stack`, (t) => {
    const error = Object.assign(new TypeError('boom'), { code: 'E_BOOM' });
    const record = jsonOf(formats, (logger) => logger.error(error));
    t.is(record.message, 'boom');
    t.is(record.stack, error.stack);
    t.is(record.level as unknown, 'error');
    t.is(record.code as unknown, 'E_BOOM');
  });

  test(`${what}: an error in a field has its name, message, stack and more`, (t) => {
    const error = Object.assign(new RangeError('boom'), { code: 'E_BOOM' });
    const record = jsonOf(formats, (logger) => logger.error('failed', { err: error, user: 7 }));
    t.is(record.message, 'failed');
    t.is(record.user as unknown, 7);
    t.is(record.err?.name as unknown, 'RangeError');
    t.is(record.err?.message, 'boom');
    t.is(record.err?.stack, error.stack);
    t.is(record.err?.code as unknown, 'E_BOOM');
  });

  test(`${what}: several errors in fields`, (t) => {
    const record = jsonOf(formats, (logger) =>
      logger.warn('failed', { a: new Error('one'), b: new Error('two') }),
    );
    t.is(record.a?.message, 'one');
    t.is(record.b?.message, 'two');
  });

  test(`${what}: the cause of an error, and its cause`, (t) => {
    const root = new Error('root');
    const error = new Error('outer', { cause: new Error('middle', { cause: root }) });
    const record = jsonOf(formats, (logger) => logger.error('failed', { err: error }));
    t.is(record.err?.cause?.message, 'middle');
    t.is(record.err?.cause?.cause?.message, 'root');
    t.is(record.err?.cause?.cause?.stack, root.stack);
    const alone = jsonOf(formats, (logger) => logger.error(error));
    t.is(alone.cause?.cause?.message, 'root');
  });

  test(`${what}: the errors of an AggregateError`, (t) => {
    const error = new AggregateError([new Error('one'), new Error('two')], 'both');
    const record = jsonOf(formats, (logger) => logger.error('failed', { err: error }));
    t.is(record.err?.message, 'both');
    const inner = record.err?.errors as unknown as Json[];
    t.deepEqual(
      inner.map(({ message }) => message),
      ['one', 'two'],
    );
  });

  test(`${what}: an error of circular, BigInt and function properties`, (t) => {
    const error = Object.assign(new Error('boom'), { self: {}, big: 12n, run: () => 1, why: undefined });
    error.self = { error };
    const record = jsonOf(formats, (logger) => logger.error('failed', { err: error }));
    t.is(record.err?.message, 'boom');
    t.is(record.err?.stack, error.stack);
    t.regex(String(record.err?.big), /^12n?$/);
    const alone = jsonOf(formats, (logger) => logger.error(error));
    t.is(alone.stack, error.stack);
    t.regex(String(alone.big), /^12n?$/);
  });

  test(`${what}: an error that is its own cause`, (t) => {
    const error = new Error('boom');
    error.cause = error;
    t.is(jsonOf(formats, (logger) => logger.error('failed', { err: error })).err?.message, 'boom');
  });

  test(`${what}: an error without a message`, (t) => {
    const error = new Error('');
    const text = textOf(formats, (logger) => logger.error(error));
    t.true(text.includes(JSON.stringify(error.stack).slice(1, -1)));
  });

  test(`${what}: a message and an error behind it`, (t) => {
    const error = new Error('boom');
    const record = jsonOf(formats, (logger) => logger.error('failed:', error));
    t.is(record.message, 'failed: boom');
    t.is(record.stack, error.stack);
  });
}

test('a stack that the format wrote stays as it wrote it', (t) => {
  const format = combine(
    winston.format((info) => ({ ...info, message: 'masked', stack: 'masked' }))(),
    json(),
  );
  const record = jsonOf({ own: format }, (logger) => logger.error(new Error('secret')));
  t.is(record.message, 'masked');
  t.is(record.stack, 'masked');
});

test('with errors({ stack: true }) nothing comes twice', (t) => {
  const error = new Error('boom');
  const record = jsonOf({ format: combine(errors({ stack: true }), json()) }, (logger) =>
    logger.error(error),
  );
  t.deepEqual(record as unknown, { level: 'error', message: 'boom', stack: error.stack });
});

test('a field that the format took away stays away', (t) => {
  const format = combine(winston.format(({ err: _, ...info }) => info)(), json());
  const record = jsonOf({ own: format }, (logger) => logger.error('failed', { err: new Error('secret') }));
  t.deepEqual(record as unknown, { level: 'error', message: 'failed' });
});

for (const [what, formats, expected] of [
  ['simple()', { format: simple() }, 'info: hello {"user":7}'],
  ["simple() as the transport's own", { own: simple() }, 'info: hello {"user":7}'],
  ['printf()', { format: printf(({ level, message }) => `[${level}] ${String(message)}`) }, '[info] hello'],
  ['printf() with newlines', { format: printf(({ message }) => `a\n${String(message)}`) }, 'a\nhello'],
  ['printf() of what looks like JSON', { format: printf(() => '{not JSON') }, '{not JSON'],
  ['printf() of nothing', { format: printf(() => '') }, ''],
  ['uncolorize() behind simple()', { format: combine(simple(), uncolorize()) }, 'info: hello {"user":7}'],
] as const) {
  test(`${what}: the text is what the format made`, (t) => {
    t.is(
      textOf(formats, (logger) => logger.info('hello', { user: 7 })),
      expected,
    );
  });
}

test('splat() fills the message in', (t) => {
  t.is(
    textOf({ format: combine(splat(), simple()) }, (logger) => logger.info('%s has %d', 'it', 7)),
    'info: it has 7',
  );
});

test('to a format in text that shows the message of an error and not its stack, the stack is added', (t) => {
  const error = new Error('boom');
  t.is(
    textOf({ format: simple() }, (logger) => logger.error(error)),
    `error: boom\n${error.stack}`,
  );
});

test('to a format in text that shows the stack of an error nothing is added', (t) => {
  const error = new Error('boom');
  const format = combine(
    errors({ stack: true }),
    printf(({ stack }) => `! ${String(stack)}`),
  );
  t.is(
    textOf({ format }, (logger) => logger.error(error)),
    `! ${error.stack}`,
  );
});

test('an error whose message stands in the text by accident keeps its stack', (t) => {
  const error = new Error('failed');
  t.is(
    textOf({ format: simple() }, (logger) => logger.error('request failed', { err: error })),
    `error: request failed {"err":{}}\n${error.stack}`,
  );
});

test('a record with a toJSON that throws, and whose format made no text, keeps all else', (t) => {
  const bad = {
    toJSON() {
      throw new Error('do not touch');
    },
  };
  const record = jsonOf({ format: timestamp() }, (logger) => logger.info('hello', { bad, user: 7 }));
  t.is(record.message, 'hello');
  t.is(record.user as unknown, 7);
});

test('to a format in text that drops an error its stack is added', (t) => {
  const error = new Error('boom');
  const format = printf(({ message }) => String(message));
  t.is(
    textOf({ format }, (logger) => logger.error('failed', { err: error })),
    `failed\n${error.stack}`,
  );
});

test('to a format in text that drops one of two errors the stack of that one is added', (t) => {
  const [shown, dropped] = [new Error('shown'), new Error('dropped')];
  const format = printf((info) => `${String(info.message)} ${(info.shown as Error).stack}`);
  t.is(
    textOf({ format }, (logger) => logger.error('failed', { shown, dropped })),
    `failed ${shown.stack}\n${dropped.stack}`,
  );
});

test('an error without a stack is added by name and message', (t) => {
  const error = new RangeError('boom');
  delete error.stack;
  const format = printf(({ message }) => String(message));
  t.is(
    textOf({ format }, (logger) => logger.error('failed', { err: error })),
    'failed\nRangeError: boom',
  );
});

test('prettyPrint() starts with a brace and is no JSON, and stays as it is', (t) => {
  const text = textOf({ format: prettyPrint() }, (logger) => logger.info('hello', { user: 7 }));
  t.regex(text, /^\{ ?\n? *user: 7/);
});

test('an error whose property throws when it is read leaves the text as the format made it', (t) => {
  const error = new Error('boom');
  Object.defineProperty(error, 'bad', {
    enumerable: true,
    get() {
      throw new Error('do not touch');
    },
  });
  const format = printf(({ message }) => JSON.stringify({ message, err: {} }));
  t.is(
    textOf({ format }, (logger) => logger.error('failed', { err: error })),
    '{"message":"failed","err":{}}',
  );
});

for (const [what, toJSON] of [
  ['an object', () => ({ message: 'as JSON', status: 500 })],
  ['text', () => 'as JSON'],
  ['null', () => null],
] as const) {
  test(`an error whose toJSON gives ${what} makes a record that is still JSON`, (t) => {
    const error = Object.assign(new Error('boom'), { toJSON });
    const record = jsonOf({}, (logger) => logger.error('failed', { err: error }));
    t.is(record.message, 'failed');
    t.true('err' in record);
  });
}

test('the record and its errors are left as they were', (t) => {
  const error = new Error('boom');
  const meta = { err: error, list: [1] };
  const before = { ...meta };
  textOf({}, (logger) => logger.error('failed', meta));
  t.deepEqual(meta, before);
  t.deepEqual(Object.keys(error), []);
});

test('numbers, booleans and null as messages become text', (t) => {
  for (const [given, text] of [
    [7, '7'],
    [true, 'true'],
    [null, 'null'],
  ] as const) {
    t.is(messageOf({ level: 'info', [Symbol.for('message')]: String(given) }, { message: given }), text);
  }
});

test('a text of the format that is no string becomes one', (t) => {
  t.is(messageOf({ [Symbol.for('message')]: 7 }, {}), '7');
});

test('a record whose format made no text and that holds BigInts and circles is JSON all the same', (t) => {
  const circle: Record<string, unknown> = { big: 12n };
  circle.self = circle;
  const record = jsonOf({ format: timestamp() }, (logger) => logger.info('hello', { circle }));
  t.is(record.message, 'hello');
});

test('what an error says of itself reaches no prototype', (t) => {
  const error = Object.assign(new Error('refused'), {
    toJSON: () => ({ response: JSON.parse('{"__proto__":{"polluted":true},"status":403}') }),
  });
  const format = winston.format.printf(() => '{"err":{"response":{}}}');
  const text = textOf({ format }, (logger) => logger.info('hello', { err: error }));
  t.is(Reflect.get({}, 'polluted'), undefined);
  t.is(JSON.parse(text).err.response.status, 403);
});

test("an error's fields may be called as every object's are", (t) => {
  const error = Object.assign(new Error('refused'), { constructor: 'Api', valueOf: 7 });
  const { err } = JSON.parse(textOf({}, (logger) => logger.info('hello', { err: error })));
  t.is(err.constructor, 'Api');
  t.is(err.valueOf, 7);
});
