import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogStreamCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { seededRandom } from '@putlogs/local';
import test from 'ava';
import { type Bench, bench, NOW } from '../support.js';

const filter = (made: Bench, input: Partial<FilterLogEventsCommandInput> = {}) =>
  made.client.send(new FilterLogEventsCommand({ logGroupName: 'g', ...input }));

const get = (made: Bench, input: object) =>
  made.client.send(new GetLogEventsCommand({ logGroupName: 'g', logStreamName: 's', ...input }));

const addStream = (made: Bench, logStreamName: string) =>
  made.client.send(new CreateLogStreamCommand({ logGroupName: 'g', logStreamName }));

const text = ({ events = [] }: { events?: { message?: string | undefined }[] | undefined }) =>
  events.map(({ message }) => message).join('');

/**
 * Works like `aws logs tail --follow`: it asks for events from the newest time that it saw, and recognises new events
 * at that time by their ids.
 */
class Tail {
  readonly printed: string[] = [];
  readonly #made: Bench;
  readonly #limit: number;
  #newest = 0;
  #seen = new Set<string>();

  constructor(made: Bench, limit: number) {
    this.#made = made;
    this.#limit = limit;
  }

  /** Reads all pages. @param between is called between two pages */
  async poll(between: () => Promise<void>): Promise<void> {
    const startTime = this.#newest;
    let nextToken: string | undefined;
    do {
      const page = await filter(this.#made, { startTime, nextToken, limit: this.#limit, interleaved: true });
      for (const { eventId = '', timestamp = 0, message = '' } of page.events ?? []) {
        if (this.#seen.has(eventId)) continue;
        if (timestamp > this.#newest) this.#seen.clear();
        this.#newest = timestamp;
        this.#seen.add(eventId);
        this.printed.push(message);
      }
      nextToken = page.nextToken;
      if (nextToken !== undefined) await between();
    } while (nextToken !== undefined);
  }
}

for (const limit of [1, 3, 10_000]) {
  test(`aws logs tail --follow prints each event once, in pages of ${limit}`, async (t) => {
    const made = await bench(t);
    const streams = ['s', 'a', 'z'];
    for (const name of ['a', 'z']) await addStream(made, name);
    const random = seededRandom(limit);
    const tail = new Tail(made, limit);
    const put: string[] = [];
    // Some events have equal times, so only their ids distinguish them.
    let now = NOW;
    const putSome = async () => {
      if (random() < 0.5) now++;
      const logStreamName = streams[Math.floor(random() * streams.length)];
      const logEvents = Array.from({ length: 1 + Math.floor(random() * 3) }, () => ({
        timestamp: now,
        message: `${put.push('') - 1}`,
      }));
      await made.put({ logStreamName, logEvents });
    };
    for (let round = 0; round < 30; round++) {
      await putSome();
      if (round % 2 === 0) await tail.poll(async () => (random() < 0.2 ? putSome() : undefined));
    }
    await tail.poll(async () => undefined);
    t.deepEqual(
      tail.printed.toSorted((a, b) => Number(a) - Number(b)),
      put.map((_, index) => String(index)),
    );
  });
}

test('an event has the same id for all readers, and ids are in order of time', async (t) => {
  const made = await bench(t);
  await addStream(made, 'a');
  await made.put({ logEvents: [{ timestamp: NOW, message: 's' }] });
  await made.put({ logEvents: [{ timestamp: NOW, message: 's' }] });
  const id = async (input: object) => (await filter(made, input)).events?.map(({ eventId = '' }) => eventId);
  const [first = '', second = ''] = (await id({})) ?? [];
  await made.put({ logStreamName: 'a', logEvents: [{ timestamp: NOW - 1, message: 'a' }] });
  const [earlier = '', ...rest] = (await id({})) ?? [];
  t.deepEqual(rest, [first, second]);
  t.deepEqual(await id({ startTime: NOW }), [first, second]);
  t.deepEqual(await id({ logStreamNamePrefix: 's' }), [first, second]);
  for (const each of [earlier, first, second]) t.regex(each, /^\d{56}$/);
  t.true(earlier < first && first < second);
  t.is(BigInt(first) >> 144n, BigInt(NOW));
});

test('an id is not reused after its event was deleted', async (t) => {
  const made = await bench(t);
  await made.put();
  const before = (await filter(made)).events?.[0]?.eventId;
  await made.client.send(new DeleteLogStreamCommand({ logGroupName: 'g', logStreamName: 's' }));
  await addStream(made, 's');
  await made.put();
  t.not((await filter(made)).events?.[0]?.eventId, before);
});

test('events that arrive between two pages of FilterLogEvents shift no other event', async (t) => {
  const made = await bench(t);
  await made.putAt(NOW, NOW + 1, NOW + 2, NOW + 3);
  const first = await filter(made, { limit: 2 });
  await made.put({ logEvents: [{ timestamp: NOW - 5, message: 'x' }] });
  t.is(text(first), '01');
  t.is(text(await filter(made, { nextToken: first.nextToken })), '23');
  const newest = await filter(made, { limit: 2, startFromHead: false, startTime: NOW });
  t.is(text(newest), '32');
  await made.put({ logEvents: [{ timestamp: NOW + 4, message: 'y' }] });
  t.is(text(await filter(made, { nextToken: newest.nextToken, startTime: NOW })), '10');
});

test('events that arrive between two pages of GetLogEvents shift no other event', async (t) => {
  const made = await bench(t);
  await made.putAt(NOW, NOW + 1, NOW + 2);
  const first = await get(made, { startFromHead: true, limit: 2 });
  const last = await get(made, { limit: 1 });
  await made.put({ logEvents: [{ timestamp: NOW - 5, message: 'x' }] });
  await made.put({ logEvents: [{ timestamp: NOW + 5, message: 'y' }] });
  t.is(text(await get(made, { nextToken: first.nextForwardToken })), '2y');
  t.is(text(await get(made, { nextToken: first.nextBackwardToken })), 'x');
  t.is(text(await get(made, { nextToken: last.nextForwardToken })), 'y');
  t.is(text(await get(made, { nextToken: last.nextBackwardToken, limit: 2 })), '01');
});

for (const startFromHead of [true, false]) {
  const where = startFromHead ? 'head' : 'tail';
  test(`a reader of an empty stream from its ${where} gets the events that arrive later`, async (t) => {
    const made = await bench(t);
    const { nextForwardToken, nextBackwardToken } = await get(made, { startFromHead });
    await made.putAt(NOW, NOW);
    const read = await get(made, { nextToken: nextForwardToken });
    t.is(text(read), '01');
    t.is(text(await get(made, { nextToken: nextBackwardToken })), '');
    const end = await get(made, { nextToken: read.nextForwardToken });
    t.is(text(end), '');
    t.is(end.nextForwardToken, read.nextForwardToken);
    t.is(text(await get(made, { nextToken: end.nextBackwardToken })), '01');
  });
}

test('streams and groups that are created between two pages shift no other one', async (t) => {
  const made = await bench(t);
  for (const name of ['t', 'u', 'v']) await addStream(made, name);
  const streams = async (nextToken?: string, descending = false) => {
    const answer = await made.client.send(
      new DescribeLogStreamsCommand({ logGroupName: 'g', limit: 2, nextToken, descending }),
    );
    return { names: answer.logStreams?.map(({ logStreamName }) => logStreamName), next: answer.nextToken };
  };
  const first = await streams();
  const last = await streams(undefined, true);
  await addStream(made, 'a');
  await addStream(made, 'z');
  t.deepEqual(
    [first.names, (await streams(first.next)).names],
    [
      ['s', 't'],
      ['u', 'v'],
    ],
  );
  t.deepEqual(
    [last.names, (await streams(last.next, true)).names],
    [
      ['v', 'u'],
      ['t', 's'],
    ],
  );
  const groups = async (nextToken?: string) => {
    const { logGroups, nextToken: next } = await made.client.send(
      new DescribeLogGroupsCommand({ limit: 1, nextToken }),
    );
    return { names: logGroups?.map(({ logGroupName }) => logGroupName), next };
  };
  await made.client.send(new CreateLogGroupCommand({ logGroupName: 'h' }));
  const page = await groups();
  await made.client.send(new CreateLogGroupCommand({ logGroupName: 'f' }));
  t.deepEqual([page.names, (await groups(page.next)).names], [['g'], ['h']]);
});
