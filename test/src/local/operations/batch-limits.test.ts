import test from 'ava';
import { bench, DAY, HOUR, NOW } from '../support.js';

const MAX_BATCH = 1_048_576;
const MAX_MESSAGE = MAX_BATCH - 26;

const batches = [
  { name: 'one ASCII event', messages: ['x'.repeat(MAX_MESSAGE)], more: 'x' },
  { name: 'one event of two-byte characters', messages: ['é'.repeat(MAX_MESSAGE / 2)], more: 'x' },
  { name: 'one event of three-byte characters', messages: [`${'€'.repeat(349_516)}xx`], more: 'x' },
  { name: 'one event of four-byte characters', messages: [`${'🙃'.repeat(262_137)}xx`], more: 'x' },
  { name: 'lone surrogates, three bytes each', messages: [`${'\ud83d'.repeat(349_516)}xx`], more: 'x' },
  { name: 'escapes, which do not count', messages: ['"'.repeat(MAX_MESSAGE)], more: '"' },
];

for (const { name, messages, more } of batches) {
  test(`${name}: 1,048,576 bytes are accepted, one more is refused`, async (t) => {
    const { put, local } = await putting(t);
    await put(messages);
    t.is(local.requests.at(-1)?.accountedBytes, MAX_BATCH);
    t.is(local.count('g'), 1);
    await t.throwsAsync(put([`${messages[0]}${more}`]), {
      name: 'InvalidParameterException',
      message: 'Log event too large: 1048577 bytes exceeds limit of 1048576',
    });
    t.is(local.count('g'), 1);
  });
}

test('each event of a batch counts as 26 more bytes', async (t) => {
  const { put, local } = await putting(t);
  const half = 'x'.repeat(MAX_BATCH / 2 - 26);
  await put([half, half]);
  t.is(local.requests.at(-1)?.accountedBytes, MAX_BATCH);
  await t.throwsAsync(put([half, `${half}x`]), {
    name: 'InvalidParameterException',
    message: 'Upload too large: 1048577 bytes exceeds limit of 1048576',
  });
  t.is(local.count('g'), 2);
});

test('10,000 events are accepted, 10,001 are refused', async (t) => {
  const { put, local } = await putting(t);
  await put(Array.from({ length: 10_000 }, () => 'x'));
  t.is(local.count('g'), 10_000);
  await t.throwsAsync(put(Array.from({ length: 10_001 }, () => 'x')), {
    name: 'InvalidParameterException',
    message: /at 'logEvents' failed .* Member must have length less than or equal to 10000$/,
  });
  t.is(local.count('g'), 10_000);
});

test('a batch without events is refused', async (t) => {
  const { put } = await putting(t);
  await t.throwsAsync(put([]), {
    name: 'InvalidParameterException',
    message:
      "1 validation error detected: Value '[]' at 'logEvents' failed to satisfy constraint: Member must have length greater than or equal to 1",
  });
});

test('empty messages are refused, with their positions counted from one', async (t) => {
  const { put, local } = await putting(t);
  const at = (place: number): string =>
    `Value '' at 'logEvents.${place}.member.message' failed to satisfy constraint: Member must have length greater than or equal to 1`;
  await t.throwsAsync(put(['', 'x']), { message: `1 validation error detected: ${at(1)}` });
  await t.throwsAsync(put(['x', '', 'x', '']), {
    message: `2 validation errors detected: ${at(2)}; ${at(4)}`,
  });
  await t.throwsAsync(put(Array.from({ length: 11 }, () => '')), {
    message: /^10 validation errors detected: /,
  });
  t.is(local.count('g'), 0);
});

test('events out of order are refused, and equal times are in order', async (t) => {
  const { putAt, messages } = await bench(t).then(bound);
  await putAt(NOW - 1, NOW, NOW);
  t.deepEqual(messages(), ['0', '1', '2']);
  await t.throwsAsync(putAt(NOW, NOW - 1), {
    name: 'InvalidParameterException',
    message: 'Log events in a single PutLogEvents request must be in chronological order.',
  });
  t.is(messages().length, 3);
});

const TOO_LONG = {
  name: 'InvalidParameterException',
  message: 'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
};

test('a batch that spans 24 hours is refused', async (t) => {
  const { putAt, messages } = await bench(t).then(bound);
  await putAt(NOW - DAY + 1, NOW);
  t.is(messages().length, 2);
  await t.throwsAsync(putAt(NOW - DAY, NOW), TOO_LONG);
  t.is(messages().length, 2);
});

test('only valid events count for the span', async (t) => {
  const { putAt, messages } = await bench(t).then(bound);
  await putAt(NOW - 15 * DAY, NOW - HOUR, NOW + 3 * HOUR);
  t.deepEqual(messages(), ['1']);
  await putAt(NOW - 15 * DAY, NOW + 3 * HOUR);
  t.deepEqual(messages(), ['1']);
  await t.throwsAsync(putAt(NOW - 14 * DAY, NOW - HOUR), TOO_LONG);
  await t.throwsAsync(putAt(NOW - DAY + 2 * HOUR, NOW + 2 * HOUR), TOO_LONG);
});

type Context = Parameters<typeof bench>[0];
type Made = Awaited<ReturnType<typeof bench>>;

async function putting(t: Context) {
  const made = await bench(t);
  const put = (messages: readonly string[]) =>
    made.put({ logEvents: messages.map((message) => ({ timestamp: NOW, message })) });
  return { put, local: made.local };
}

const bound = (made: Made) => ({
  putAt: (...timestamps: readonly number[]) => made.putAt(...timestamps),
  messages: () => made.messages(),
});
