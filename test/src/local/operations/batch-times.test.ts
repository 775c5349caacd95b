import { PutRetentionPolicyCommand } from '@aws-sdk/client-cloudwatch-logs';
import test from 'ava';
import { bench, DAY, HOUR, NOW, SECOND } from '../support.js';

const OLD = NOW - 15 * DAY;
const NEW = NOW + 3 * HOUR;

/** `count` events at each time, in this order. */
const at = (...runs: readonly (readonly [count: number, timestamp: number])[]): number[] =>
  runs.flatMap(([count, timestamp]) => Array.from({ length: count }, () => timestamp));

const digits = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => `${from + i}`);

// With ten events at each time: the answer, and the stored events.
const answers = [
  { name: 'none', events: at([10, NOW]), answer: undefined, stored: digits(0, 10) },
  {
    name: 'too old',
    events: at([3, OLD], [7, NOW]),
    answer: { tooOldLogEventEndIndex: 3 },
    stored: digits(3, 10),
  },
  {
    name: 'too new',
    events: at([8, NOW], [2, NEW]),
    answer: { tooNewLogEventStartIndex: 8 },
    stored: digits(0, 8),
  },
  {
    name: 'too old and too new',
    events: at([2, OLD], [7, NOW], [1, NEW]),
    answer: { tooOldLogEventEndIndex: 2, tooNewLogEventStartIndex: 9 },
    stored: digits(2, 9),
  },
  {
    name: 'all expired',
    days: 3,
    events: at([10, NOW - 4 * DAY]),
    answer: { expiredLogEventEndIndex: 10 },
    stored: [],
  },
  {
    name: 'expired, the rest not',
    days: 3,
    events: at([4, NOW - 3 * DAY - 1], [6, NOW - 3 * DAY]),
    answer: { expiredLogEventEndIndex: 4 },
    stored: digits(4, 10),
  },
  {
    name: 'too old and expired',
    days: 3,
    events: at([2, OLD], [2, NOW - 3 * DAY - 1], [6, NOW - 3 * DAY]),
    answer: { tooOldLogEventEndIndex: 2, expiredLogEventEndIndex: 4 },
    stored: digits(4, 10),
  },
  { name: 'all too old', events: at([10, OLD]), answer: { tooOldLogEventEndIndex: 10 }, stored: [] },
  { name: 'all too new', events: at([10, NEW]), answer: { tooNewLogEventStartIndex: 0 }, stored: [] },
  {
    name: 'too old for any group is not called expired',
    days: 3,
    events: at([1, OLD], [9, NOW]),
    answer: { tooOldLogEventEndIndex: 1 },
    stored: digits(1, 10),
  },
  {
    name: 'all too old or too new',
    events: at([5, OLD], [5, NEW]),
    answer: { tooOldLogEventEndIndex: 5, tooNewLogEventStartIndex: 5 },
    stored: [],
  },
];

for (const { name, days, events, answer, stored } of answers) {
  test(`rejected by index: ${name}`, async (t) => {
    const made = await bench(t);
    if (days !== undefined) await retain(made.client, days);
    const { rejectedLogEventsInfo } = await made.putAt(...events);
    t.deepEqual(rejectedLogEventsInfo, answer);
    t.deepEqual(made.messages(), stored);
    t.is(made.local.count('g', 's'), stored.length);
  });
}

const boundaries = [
  { name: '14 days to the millisecond', timestamp: NOW - 14 * DAY, answer: undefined },
  { name: '14 days less a second', timestamp: NOW - 14 * DAY + SECOND, answer: undefined },
  { name: '14 days and a second', timestamp: NOW - 14 * DAY - SECOND, answer: { tooOldLogEventEndIndex: 1 } },
  { name: '14 days and a millisecond', timestamp: NOW - 14 * DAY - 1, answer: { tooOldLogEventEndIndex: 1 } },
  { name: '2 hours ahead to the millisecond', timestamp: NOW + 2 * HOUR, answer: undefined },
  { name: '2 hours ahead less a second', timestamp: NOW + 2 * HOUR - SECOND, answer: undefined },
  {
    name: '2 hours and a second ahead',
    timestamp: NOW + 2 * HOUR + SECOND,
    answer: { tooNewLogEventStartIndex: 0 },
  },
  {
    name: '2 hours and a millisecond ahead',
    timestamp: NOW + 2 * HOUR + 1,
    answer: { tooNewLogEventStartIndex: 0 },
  },
  { name: 'the beginning of 1970', timestamp: 0, answer: { tooOldLogEventEndIndex: 1 } },
];

for (const { name, timestamp, answer } of boundaries) {
  test(`an event of ${name}`, async (t) => {
    const made = await bench(t);
    const { rejectedLogEventsInfo } = await made.putAt(timestamp);
    t.deepEqual(rejectedLogEventsInfo, answer);
    t.is(made.local.count('g'), answer ? 0 : 1);
  });
}

test('no event expires with a retention of more than 14 days', async (t) => {
  const made = await bench(t);
  await retain(made.client, 30);
  t.deepEqual((await made.putAt(OLD)).rejectedLogEventsInfo, { tooOldLogEventEndIndex: 1 });
  t.is((await made.putAt(NOW - 13 * DAY)).rejectedLogEventsInfo, undefined);
});

type Client = Awaited<ReturnType<typeof bench>>['client'];

const retain = (client: Client, retentionInDays: number) =>
  client.send(new PutRetentionPolicyCommand({ logGroupName: 'g', retentionInDays }));
