import vm from 'node:vm';
import { jsonFormat } from '@putlogs/winston';
import { type Info, messageOf, withWholeErrors } from '@putlogs/winston/internal';
import test from 'ava';
import winston from 'winston';

/** winston-transport's class, which Winston's types leave out. */
const { Transport } = winston as unknown as {
  Transport: new (options: { format?: winston.Logform.Format }) => winston.Logger['transports'][number];
};

const { combine, json, printf, simple, timestamp, errors, splat, prettyPrint, uncolorize } = winston.format;

/** Keeps the text of each record; takes it as the transport does. */
class Capture extends Transport {
  readonly texts: string[] = [];
  #original: Info | undefined;

  constructor({ format }: { format?: winston.Logform.Format }) {
    super(format === undefined ? {} : { format: withWholeErrors(format, () => this.#original) });
  }

  override _write(info: Info, encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#original = info;
    super._write(info, encoding, callback);
  }

  override log(info: Info, callback: () => void): void {
    this.texts.push(messageOf(info));
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

/** An error as it is told where the text does not hold its message. */
const placesOf = ({ name, message, stack = '' }: Error) => stack.replace(`${name}: ${message}`, name);

test('a record with a toJSON that throws, and whose format made no text, keeps all else', (t) => {
  const bad = { toJSON: doNotTouch };
  const record = jsonOf({ format: timestamp() }, (logger) => logger.info('hello', { bad, user: 7 }));
  t.is(record.message, 'hello');
  t.is(record.user as unknown, 7);
});

test('to a format in text that drops an error its name and its frames are added', (t) => {
  const error = new Error('boom');
  const format = printf(({ message }) => String(message));
  t.is(
    textOf({ format }, (logger) => logger.error('failed', { err: error })),
    `failed\n${placesOf(error)}`,
  );
});

test('to a format in text that drops one of two errors the frames of that one are added', (t) => {
  const [shown, dropped] = [new Error('shown'), new Error('dropped')];
  const format = printf((info) => `${String(info.message)} ${(info.shown as Error).stack}`);
  t.is(
    textOf({ format }, (logger) => logger.error('failed', { shown, dropped })),
    `failed ${shown.stack}\n${placesOf(dropped)}`,
  );
});

test('an error without a stack is added by its name, and its message if the text has that', (t) => {
  const error = new RangeError('boom');
  delete error.stack;
  const format = printf(({ message }) => String(message));
  for (const [message, added] of [
    ['failed', 'RangeError'],
    ['no boom', 'RangeError: boom'],
  ] as const) {
    t.is(
      textOf({ format }, (logger) => logger.error(message, { err: error })),
      `${message}\n${added}`,
    );
  }
});

test('prettyPrint() starts with a brace and is no JSON, and stays as it is', (t) => {
  const text = textOf({ format: prettyPrint() }, (logger) => logger.info('hello', { user: 7 }));
  t.regex(text, /^\{ ?\n? *user: 7/);
});

test('a field of an error that throws when it is read is left out, and the rest is kept', (t) => {
  const error = Object.defineProperty(new Error('boom'), 'bad', { enumerable: true, get: doNotTouch });
  const format = printf(({ message }) => JSON.stringify({ message, err: {} }));
  const record = jsonOf({ format }, (logger) => logger.error('failed', { err: error }));
  t.is(record.err?.stack, error.stack);
});

/** Errors of which something cannot be read. What can be is added. */
const UNREADABLE: Readonly<Record<string, () => unknown>> = {
  ...Object.fromEntries(
    ['name', 'message', 'stack', 'cause', 'errors', 'toJSON'].map((key) => [
      `throws when its ${key} is read`,
      () => Object.defineProperty(new Error('unreadable'), key, { get: doNotTouch }),
    ]),
  ),
  'is a Proxy that throws': () =>
    new Proxy(new Error('unreadable'), { getOwnPropertyDescriptor: doNotTouch, get: doNotTouch }),
  'is a Proxy that only hides what it has': () =>
    new Proxy(new Error('unreadable'), { getOwnPropertyDescriptor: doNotTouch }),
  'is a Proxy that only hides its class': () =>
    new Proxy(new Error('unreadable'), { getPrototypeOf: doNotTouch }),
  'is a revoked Proxy': () => {
    const { proxy, revoke } = Proxy.revocable(new Error('unreadable'), {});
    revoke();
    return proxy;
  },
};

for (const [what, make] of Object.entries(UNREADABLE)) {
  test(`an error that ${what}: the others are told, in JSON`, (t) => {
    const format = printf(({ message }) =>
      JSON.stringify({ message, before: {}, bad: {}, outer: { name: 'Outer' }, list: [{}, {}], map: {} }),
    );
    const bad = make();
    const before = new Error('before', { cause: bad });
    const record = jsonOf({ format }, (logger) =>
      logger.error('failed', {
        before,
        bad,
        outer: { name: 'Outer' },
        list: [bad, new Error('in a list')],
        map: new Map([
          ['a', bad],
          ['b', new Error('in a map')],
        ]),
      }),
    );
    t.is(record.before?.stack, before.stack);
    t.is(record.list?.[1]?.message, 'in a list');
    t.is(record.map?.b?.message, 'in a map');
  });

  test(`an error that ${what}: the others are told, in text`, (t) => {
    const format = printf(({ message }) => String(message));
    const [bad, cause] = [make(), new Error('why')];
    const errors = [bad, cause, bad, new AggregateError([bad, new Error('inner')], 'both')];
    const text = textOf({ format }, (logger) => logger.error('why, both, inner', { errors }));
    for (const told of ['Error: why\n', 'AggregateError: both\n', 'errors[1]: Error: inner\n'])
      t.true(text.includes(told), text);
  });
}

test('an error whose message throws when it is read has its name and where it was made', (t) => {
  const error = new Error('boom');
  t.true(error.stack?.includes('boom')); // with source maps it is made when it is first read
  Object.defineProperty(error, 'message', { get: doNotTouch });
  const { err } = jsonOf({}, (logger) => logger.error('failed', { err: error }));
  t.is(err?.name as unknown, 'Error');
  t.false('message' in (err ?? {}));
  t.regex(err?.stack ?? '', /^Error\n +at /);
});

test('a field that throws when it is read costs no field behind it its errors', (t) => {
  const fields = Object.defineProperty({}, 'bad', { enumerable: true, get: doNotTouch });
  const inner = Object.assign(fields, { err: new Error('boom') });
  const format = printf(({ message }) => JSON.stringify({ message, inner: { bad: {}, err: {} } }));
  const record = jsonOf({ format }, (logger) => logger.error('failed', { inner }));
  t.is(record.inner?.err?.message, 'boom');
});

for (const [what, own] of [
  ["the logger's", false],
  ["the transport's own", true],
] as const) {
  const formatsOf = (format: winston.Logform.Format) => (own ? { own: format } : { format });

  test(`logstash(), ${what}: errors in fields have their name, message and stack`, (t) => {
    const error = new Error('boom', { cause: new Error('why') });
    const format = combine(timestamp(), winston.format.logstash());
    const record = jsonOf(formatsOf(format), (logger) =>
      logger.error('failed', { err: error, list: [new Error('in a list')] }),
    );
    t.is(record['@message'] as unknown, 'failed');
    t.is(record['@fields']?.err?.stack, error.stack);
    t.is(record['@fields']?.err?.cause?.message, 'why');
    t.is(record['@fields']?.list?.[0]?.message, 'in a list');
    t.deepEqual(Object.keys(record).toSorted(), ['@fields', '@message', '@timestamp']);
  });

  test(`errors({ cause: true }), ${what}: the cause of an error, and its cause`, (t) => {
    const root = new Error('root');
    const error = new Error('outer', { cause: new Error('middle', { cause: root }) });
    const format = combine(errors({ stack: true, cause: true }), json());
    for (const log of [
      (logger: winston.Logger) => logger.error(error),
      (logger: winston.Logger) => logger.error('failed', error),
    ]) {
      const record = jsonOf(formatsOf(format), log);
      t.is(record.stack, error.stack);
      t.is(record.cause?.message, 'middle');
      t.is(record.cause?.cause?.stack, root.stack);
    }
  });
}

test('a record that a format writes into a field with its message masked: its errors are not told', (t) => {
  const format = printf(({ level, err }) => JSON.stringify({ record: { level, message: '***', err } }));
  const text = textOf({ format }, (logger) =>
    logger.error(`it is ${SECRET}`, { err: new Error(`it is ${SECRET}`) }),
  );
  t.deepEqual(JSON.parse(text), { record: { level: 'error', message: '***', err: {} } });
});

test("a field of the format's own, with others than the record's, is left as it is", (t) => {
  const format = printf(({ err }) => JSON.stringify({ own: { err, app: 'shop' } }));
  t.is(
    textOf({ format }, (logger) => logger.error('failed', { err: new Error('boom') })),
    '{"own":{"err":{},"app":"shop"}}',
  );
});

function doNotTouch(): never {
  throw new Error('do not touch');
}

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
    t.is(messageOf({ level: 'info', message: given, [Symbol.for('message')]: String(given) }), text);
  }
});

test('a text of the format that is no string becomes one', (t) => {
  t.is(messageOf({ [Symbol.for('message')]: 7 }), '7');
});

test('a record whose format made no text and that holds BigInts and circles is JSON all the same', (t) => {
  const circle: Record<string, unknown> = { big: 12n };
  circle.self = circle;
  const record = jsonOf({ format: timestamp() }, (logger) => logger.info('hello', { circle }));
  t.is(record.message, 'hello');
});

test('a record that is an error and says itself how it is written is left as it says', (t) => {
  const error = Object.assign(new Error('secret'), { toJSON: () => ({ status: 500 }) });
  t.is(
    textOf({}, (logger) => logger.error(error)),
    '{"status":500}',
  );
});

test('fields of an error reach no prototype', (t) => {
  const error = Object.assign(new Error('refused'), JSON.parse('{"x":{"__proto__":{"polluted":true}}}'));
  const errors = new Map([['__proto__', new Error('boom')]]);
  const text = textOf({}, (logger) => logger.info('hello', { err: error, errors }));
  t.is(Reflect.get({}, 'polluted'), undefined);
  t.is(Object.getOwnPropertyDescriptor(JSON.parse(text).errors, '__proto__')?.value.message, 'boom');
});

test('an error that says itself how it is written is left as it says', (t) => {
  const error = Object.assign(new Error('secret'), { toJSON: () => ({ status: 500 }) });
  for (const { err, ...rest } of [
    jsonOf({}, (logger) => logger.error('failed', { err: error })),
    jsonOf({ format: jsonFormat() }, (logger) => logger.error('failed', { err: error })),
  ]) {
    t.deepEqual(err as unknown, { status: 500 });
    t.false(JSON.stringify(rest).includes('secret'));
  }
});

test("an error's fields may be called as every object's are", (t) => {
  const error = Object.assign(new Error('refused'), { constructor: 'Api', valueOf: 7 });
  const { err } = JSON.parse(textOf({}, (logger) => logger.info('hello', { err: error })));
  t.is(err.constructor, 'Api');
  t.is(err.valueOf, 7);
});

const SECRET = 'hunter2';

/** Removes a field wherever it stands, as `json({ replacer })` may. */
const withoutPassword = (key: string, value: unknown) => (key === 'password' ? undefined : value);

/** A copy without the field, as a library that redacts makes it. */
function cleanCopy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleanCopy);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'password')
      .map(([key, field]) => [key, cleanCopy(field)]),
  );
}

const clean = winston.format((info) => {
  for (const [key, value] of Object.entries(info)) info[key] = cleanCopy(value);
  delete info.password;
  return info;
});

for (const [what, formats] of [
  ['a replacer', { format: json({ replacer: withoutPassword }) }],
  ["a replacer of the transport's own", { own: json({ replacer: withoutPassword }) }],
  ['a clean copy', { format: combine(clean(), json()) }],
  ["a clean copy of the transport's own", { own: combine(clean(), json()) }],
  ['a clean copy before jsonFormat()', { format: combine(clean(), jsonFormat()) }],
  ["a clean copy before the transport's jsonFormat()", { own: combine(clean(), jsonFormat()) }],
  ['a text that the format writes itself', { format: printf((info) => JSON.stringify(cleanCopy(info))) }],
] as const) {
  test(`${what}: fields of errors that it removed stay away`, (t) => {
    const make = () => Object.assign(new Error('boom'), { password: SECRET, code: 'E_BOOM' });
    const cause = new Error('outer', { cause: make() });
    for (const log of [
      (logger: winston.Logger) => logger.error('failed', { err: make() }),
      (logger: winston.Logger) => logger.error('failed', { deep: [{ err: make() }] }),
      (logger: winston.Logger) => logger.error('failed', { err: cause }),
      (logger: winston.Logger) => logger.error('failed', { err: new AggregateError([make()], 'both') }),
      (logger: winston.Logger) => logger.error('failed', { map: new Map([['a', make()]]) }),
      (logger: winston.Logger) => logger.error(make()),
      (logger: winston.Logger) => logger.error('failed', make()),
    ]) {
      t.notRegex(textOf(formats, log), new RegExp(SECRET));
    }
  });
}

test('an error from which a replacer removed a field keeps what JSON never writes', (t) => {
  const error = Object.assign(new Error('boom'), { password: SECRET, code: 'E_BOOM' });
  const format = json({ replacer: withoutPassword });
  const { err } = jsonOf({ format }, (logger) => logger.error('failed', { err: error }));
  t.deepEqual(err as unknown, { code: 'E_BOOM', name: 'Error', message: 'boom', stack: error.stack });
});

test('a name, message or stack that JSON would write and a format removed stays away', (t) => {
  for (const key of ['name', 'message', 'stack']) {
    const error = Object.defineProperty(new Error('boom'), key, { value: SECRET, enumerable: true });
    const format = json({ replacer: (at: string, value: unknown) => (at === key ? undefined : value) });
    const text = textOf({ format }, (logger) => logger.error('failed', { err: error }));
    t.false(text.includes(SECRET), key);
  }
});

test("an error of the format's own words is left as it is", (t) => {
  const error = new Error(SECRET);
  for (const words of [
    { message: 'masked' },
    { name: 'Error' },
    { stack: '' },
    { redacted: true },
    'masked',
    [],
  ]) {
    const format = printf(({ message }) => JSON.stringify({ message, err: words }));
    const record = jsonOf({ format }, (logger) => logger.error('failed', { err: error }));
    t.deepEqual(record.err as unknown, words);
  }
});

const LEVEL = Symbol.for('level');

const masks = {
  'in a copy': winston.format((info) => ({ ...info, message: 'masked' })),
  'in place': winston.format((info) => Object.assign(info, { message: 'masked' })),
  'in a copy of little': winston.format(({ level, [LEVEL]: symbol }) => ({
    level,
    [LEVEL]: symbol,
    message: 'masked',
  })),
};

for (const [how, mask] of Object.entries(masks)) {
  for (const [what, last] of Object.entries({
    'json()': json(),
    'jsonFormat()': jsonFormat(),
    'simple()': simple(),
  })) {
    for (const where of ['format', 'own'] as const) {
      test(`a message that a format masks ${how} stays masked: ${what}, ${where}`, (t) => {
        const text = textOf({ [where]: combine(mask(), last) }, (logger) => logger.error(new Error(SECRET)));
        t.true(text.includes('masked'));
        t.false(text.includes(SECRET));
      });
    }
  }
}

test('where the text has masked the message of the record, none of its errors is told', (t) => {
  const mask = (key: string, value: unknown) => (key === 'message' ? '***' : value);
  const text = textOf({ format: json({ replacer: mask }) }, (logger) =>
    logger.error(`it is ${SECRET}`, { err: new Error(`it is ${SECRET}`) }),
  );
  t.deepEqual(JSON.parse(text), { level: 'error', message: '***', err: {} });
});

test('where the text only adds to the message of the record, its errors are told', (t) => {
  const format = printf(({ message, err }) => JSON.stringify({ message: `[app] ${String(message)}`, err }));
  const record = jsonOf({ format }, (logger) => logger.error('failed', { err: new Error('boom') }));
  t.is(record.err?.message, 'boom');
});

test("a mask of a transport's own format is given the message and the stack of an error", (t) => {
  const mask = winston.format((info) => {
    info.message = String(info.message).replace(SECRET, '***');
    info.stack = String(info.stack).replace(SECRET, '***');
    return info;
  });
  const error = new Error(`it is ${SECRET}`);
  const record = jsonOf({ own: combine(mask(), json()) }, (logger) => logger.error(error));
  t.is(record.message, 'it is ***');
  t.is(record.stack, error.stack?.replace(SECRET, '***'));
  t.is(error.message, `it is ${SECRET}`, 'the error is not changed');
});

test("errors() in a transport's own format does what it does in the logger's", (t) => {
  const error = new Error('boom');
  const own = combine(errors({ stack: true }), json());
  t.deepEqual(jsonOf({ own }, (logger) => logger.error(error)) as unknown, {
    level: 'error',
    message: 'boom',
    stack: error.stack,
  });
});

test('a message that a text masks on its own way is not told below it', (t) => {
  const error = new Error(`it is ${SECRET}`, { cause: new Error(`still ${SECRET}`) });
  const format = printf(({ level, message }) => `${level}: ${String(message).replace(SECRET, '***')}`);
  const text = textOf({ format }, (logger) => logger.error(error));
  t.false(text.includes(SECRET));
  t.regex(text, /^error: it is \*\*\*\nError\n +at /);
});

test('what a transport formats is left as it was for others', (t) => {
  const error = Object.assign(new Error('boom'), { list: [1] });
  const own = combine(
    winston.format((info) => Object.assign(info, { message: 'masked', extra: 1 }))(),
    json(),
  );
  textOf({ own }, (logger) => logger.error(error));
  t.is(error.message, 'boom');
  t.false('extra' in error);
});

test('an error whose message was changed since it was made has the new one in its stack', (t) => {
  for (const message of ['masked', '']) {
    const error = new Error(SECRET);
    t.true(error.stack?.includes(SECRET)); // with source maps it is made when it is first read
    error.message = message;
    const { err } = jsonOf({}, (logger) => logger.error('failed', { err: error }));
    t.regex(err?.stack ?? '', message === '' ? /^Error\n +at / : /^Error: masked\n +at /);
    const text = textOf({ format: simple() }, (logger) => logger.error('failed', { err: error }));
    t.false(text.includes(SECRET));
  }
});

const otherRealm = vm.runInNewContext('Object.assign(new TypeError("why"), { code: "E_WHY" })') as Error;

for (const [what, formats] of JSON_FORMATS) {
  for (const [where, fields, find] of [
    ['an array', { list: [1, new Error('why')] }, ({ list }: Json) => list?.[1]],
    ['an object', { ctx: { deep: { err: new Error('why') } } }, ({ ctx }: Json) => ctx?.deep?.err],
    [
      'the results of Promise.allSettled',
      { results: [{ status: 'rejected', reason: new Error('why') }] },
      ({ results }: Json) => results?.[0]?.reason,
    ],
    ['a Map', { map: new Map([['a', new Error('why')]]) }, ({ map }: Json) => map?.a],
    ['a Map with other keys', { map: new Map([[{}, new Error('why')]]) }, ({ map }: Json) => map?.[0]],
    [
      'a Map of another realm',
      { map: vm.runInNewContext('new Map([["a", new Error("why")]])') as object },
      ({ map }: Json) => map?.a,
    ],
    ['a Set', { set: new Set([1, new Error('why')]) }, ({ set }: Json) => set?.[1]],
    ['another realm', { err: otherRealm }, ({ err }: Json) => err],
    [
      'an instance of a class',
      {
        job: new (class Job {
          readonly failure = new Error('why');
        })(),
      },
      ({ job }: Json) => job?.failure,
    ],
    [
      "an error's field",
      { err: Object.assign(new Error('outer'), { inner: new Error('why') }) },
      ({ err }: Json) => err?.inner,
    ],
  ] as const) {
    test(`${what}: an error in ${where} has its name, message and stack`, (t) => {
      const error = find(jsonOf(formats, (logger) => logger.error('failed', fields)));
      t.is(error?.message, 'why');
      t.regex(error?.stack ?? '', /: why\n +at /);
      t.regex(String(error?.name), /Error$/);
    });
  }

  test(`${what}: an error of another realm is logged by itself`, (t) => {
    const record = jsonOf(formats, (logger) => logger.error(otherRealm as object));
    t.is(record.message, 'why');
    t.is(record.stack, otherRealm.stack);
    t.is(record.code as unknown, 'E_WHY');
  });
}

test('a record that is larger, deeper or rounder than what is searched keeps its text', (t) => {
  const wide = Array.from({ length: 100_000 }, (_, i) => i);
  let deep: unknown = new Error('too deep');
  for (let i = 0; i < 2000; i++) deep = { deep };
  const round: Record<string, unknown> = { err: new Error('boom') };
  round.self = round;
  const record = jsonOf({}, (logger) =>
    logger.error('failed', { round, deep, bytes: Buffer.alloc(1e6), wide }),
  );
  t.is(record.round?.err?.message, 'boom');
  t.is((record.wide as unknown as number[]).length, 100_000);
});

test('an error far down is told', (t) => {
  const error = new Error('deep');
  let deep: unknown = error;
  for (let i = 0; i < 40; i++) deep = [{ deep }];
  const message = JSON.stringify(error.stack).slice(1, -1);
  t.true(textOf({}, (logger) => logger.error('failed', { deep })).includes(message));
});

test('an error beside more objects than are searched is told', (t) => {
  const many = Array.from({ length: 5000 }, (_, i) => ({ i }));
  const record = jsonOf({}, (logger) => logger.error('failed', { many, err: new Error('boom') }));
  t.is(record.err?.message, 'boom');
});

test('items of an array of which the format removed some are left alone', (t) => {
  const list = [new Error('first'), new Error('second')];
  const format = printf(({ message }) => JSON.stringify({ message, list: [{}] }));
  t.deepEqual(jsonOf({ format }, (logger) => logger.error('failed', { list })).list as unknown, [{}]);
});

test('a cause that is no error is told where it is text, and else left out', (t) => {
  const [text, object] = [new Error('a', { cause: 'timeout' }), new Error('b', { cause: { token: SECRET } })];
  const record = jsonOf({}, (logger) => logger.error('failed', { text, object }));
  t.is(record.text?.cause as unknown, 'timeout');
  t.false('cause' in (record.object ?? {}));
});

test('two errors of one cause both have it, and a circle of causes ends', (t) => {
  const cause = new Error('shared');
  const circle = new Error('circle');
  Object.defineProperty(circle, 'cause', { value: new Error('inner', { cause: circle }) });
  const both = new AggregateError([new Error('one', { cause }), new Error('two', { cause })], 'both');
  const record = jsonOf({}, (logger) => logger.error('failed', { both, circle }));
  const inner = record.both?.errors as unknown as Json[];
  t.deepEqual(
    inner.map((one) => one.cause?.message),
    ['shared', 'shared'],
  );
  t.is(record.circle?.cause?.message, 'inner');
  t.is(record.circle?.cause?.cause as unknown, '[Circular]');
});

test('to a text the stacks of causes and of the errors of an AggregateError are added, with messages that it has', (t) => {
  const cause = new Error('root');
  const error = new AggregateError([new Error('one'), new Error('two')], 'both', { cause });
  const [one, two] = error.errors as Error[];
  t.is(
    textOf({ format: simple() }, (logger) => logger.error('root, one', { err: error })),
    [
      `error: root, one {"err":{}}\n${placesOf(error)}`,
      `caused by: ${cause.stack}`,
      `errors[0]: ${one?.stack}`,
      `errors[1]: ${placesOf(two as Error)}`,
    ].join('\n'),
  );
});

test('to a text the stacks of errors below the top level are added', (t) => {
  const error = new Error('deep');
  t.is(
    textOf({ format: simple() }, (logger) => logger.error('failed', { list: [{ error }] })),
    `error: failed {"list":[{"error":{}}]}\n${placesOf(error)}`,
  );
});

test('to a text an error is added by its name where its stack is no text', (t) => {
  const error = Object.defineProperty(new RangeError('boom'), 'stack', { value: [{ line: 7 }] });
  t.is(
    textOf({ format: printf(({ message }) => String(message)) }, (logger) =>
      logger.error('failed', { err: error }),
    ),
    'failed\nRangeError',
  );
});

const mask = (text: unknown) => String(text).replaceAll(SECRET, '***');

/** Formats in text that mask the messages of errors, each in its own way. */
const MASKS: Readonly<Record<string, winston.Logform.Format>> = {
  'writes a masked message': printf(
    ({ message, err }) => `${String(message)} ${mask((err as Error).message)}`,
  ),
  'masks the whole text': printf((info) => mask(`${String(info.message)} ${(info.err as Error).stack}`)),
  'writes no error': printf(({ message }) => String(message)),
  'writes the beginning of a message': printf(({ err }) => (err as Error).message.slice(0, 6)),
  'masks an array': printf(({ err }) => JSON.stringify([mask((err as Error).message)])),
  'is simple()': simple(),
};

const TITLE = `login password=${SECRET}`;

for (const [how, format] of Object.entries(MASKS)) {
  for (const [what, error] of [
    ['of an error', new Error(TITLE)],
    ['of several lines', new Error(`login\n    at password=${SECRET}\nnow`)],
    ['with lines like frames', new Error(`login\n    at password=${SECRET} (a:1:2)\nnow`)],
    ['of a cause', new Error('login', { cause: new Error(TITLE) })],
    ['of a cause of a cause', new Error('a', { cause: new Error('b', { cause: new Error(TITLE) }) })],
    ['of one of the errors', new AggregateError([new Error('login'), new Error(TITLE)], 'login')],
    ['of an error in a field of an error', Object.assign(new Error('login'), { inner: new Error(TITLE) })],
    ['that a wrapper put into its stack', withStack('login', `Error: login\nCaused by: Error: ${TITLE}\n`)],
    ['that was changed since', changed(TITLE, 'login')],
    ['that was cut since', changed(`${SECRET}: login`, 'login')],
    ['that was removed since', changed(TITLE, '')],
    ['of an error that has no name', Object.assign(new Error(TITLE), { name: '' })],
  ] as const) {
    test(`a text that ${how}: the secret in the message ${what} is not added`, (t) => {
      const others = { other: new Error('login'), list: [new RangeError('password')] };
      const text = textOf({ format }, (logger) => logger.error('failed', { err: error, ...others }));
      t.false(text.includes(SECRET), text);
      t.regex(text, /^Error(: .*)?\n +at /m);
      t.regex(text, /\n +at .*message-text\.test/);
    });
  }
}

function withStack(message: string, head: string): Error {
  const error = new Error(message);
  error.stack = head + error.stack;
  return error;
}

/** An error whose message was changed after its stack was made. */
function changed(before: string, after: string): Error {
  const error = new Error(before);
  if (!error.stack?.includes(before)) throw new Error('with source maps it is made when it is first read');
  error.message = after;
  return error;
}

for (const [what, make] of [
  ['a class that sets its name', () => Object.assign(new Error('boom'), { name: 'OddError' })],
  ['Node', () => thrownBy(() => new URL('boom:'.slice(0, 4)))],
  ['the parser', () => thrownBy(() => new vm.Script('boom boom'))],
  ['several lines', () => new Error('boom\n  bang')],
  ['another realm', () => vm.runInNewContext('new TypeError("boom")') as Error],
] as const) {
  test(`the stack of an error of ${what} is added as it is where the text has its message`, (t) => {
    const error = make();
    const format = printf(({ err }) => `! ${(err as Error).message}`);
    t.is(
      textOf({ format }, (logger) => logger.error('failed', { err: error })),
      `! ${error.message}\n${error.stack}`,
    );
  });
}

function thrownBy(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
