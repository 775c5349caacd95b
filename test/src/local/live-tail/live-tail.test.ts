import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  StartLiveTailCommand,
  type StartLiveTailCommandInput,
  type StartLiveTailResponseStream,
} from '@aws-sdk/client-cloudwatch-logs';
import { LiveTail, LiveTailSession } from '@putlogs/local/internal';
import test, { type ExecutionContext } from 'ava';
import { until, untilResolved } from '../../support/until.js';
import { type Bench, bench, HOUR, NOW, signedHeaders } from '../support.js';

const arnOf = (name: string): string => `arn:aws:logs:us-east-1:000000000000:log-group:${name}`;

/** A service whose clock and timers the test moves. */
class TailBench {
  readonly made: Bench;
  readonly #timers: ReadonlySet<() => void>;

  constructor(made: Bench, timers: ReadonlySet<() => void>) {
    this.made = made;
    this.#timers = timers;
  }

  get sessions(): number {
    return this.#timers.size;
  }

  /** A second passes. */
  tick(): void {
    for (const callback of this.#timers) callback();
  }

  async start(input: Partial<StartLiveTailCommandInput> = {}): Promise<Tail> {
    const command = new StartLiveTailCommand({ logGroupIdentifiers: [arnOf('g')], ...input });
    const { responseStream } = await this.made.client.send(command);
    if (!responseStream) throw new Error('There is no stream.');
    return new Tail(responseStream[Symbol.asyncIterator]());
  }
}

class Tail {
  readonly #messages: AsyncIterator<StartLiveTailResponseStream>;

  constructor(messages: AsyncIterator<StartLiveTailResponseStream>) {
    this.#messages = messages;
  }

  async next(): Promise<StartLiveTailResponseStream> {
    const { value, done } = await untilResolved('a message of the session', this.#messages.next());
    if (done) throw new Error('The session has ended.');
    return value;
  }

  /** The messages of the next update, and whether they are a sample. */
  async update() {
    const { sessionUpdate } = await this.next();
    const texts = sessionUpdate?.sessionResults?.map(({ message }) => message);
    return { texts, sampled: sessionUpdate?.sessionMetadata?.sampled };
  }
}

async function tailBench(t: ExecutionContext, now = () => NOW): Promise<TailBench> {
  const timers = new Set<() => void>();
  const made = await bench(t, {
    now,
    every: (_intervalMs, callback) => {
      timers.add(callback);
      return () => void timers.delete(callback);
    },
  });
  return new TailBench(made, timers);
}

const putTexts = (made: Bench, texts: readonly string[], logStreamName = 's', logGroupName = 'g') =>
  made.put({ logGroupName, logStreamName, logEvents: texts.map((message) => ({ timestamp: NOW, message })) });

test('a session begins with what it includes, and then sends what arrives', async (t) => {
  const bed = await tailBench(t);
  await putTexts(bed.made, ['before']);
  const tail = await bed.start();
  const { sessionStart } = await tail.next();
  t.like(sessionStart, { logGroupIdentifiers: [arnOf('g')], logStreamNames: [], logEventFilterPattern: '' });
  t.truthy(sessionStart?.sessionId);
  bed.tick();
  t.deepEqual(await tail.update(), { texts: [], sampled: false });
  await putTexts(bed.made, ['a', 'b']);
  bed.tick();
  const { sessionUpdate } = await tail.next();
  t.deepEqual(sessionUpdate?.sessionResults, [
    { logStreamName: 's', logGroupIdentifier: arnOf('g'), message: 'a', timestamp: NOW, ingestionTime: NOW },
    { logStreamName: 's', logGroupIdentifier: arnOf('g'), message: 'b', timestamp: NOW, ingestionTime: NOW },
  ]);
  t.is(bed.made.local.requests.find(({ operation }) => operation === 'StartLiveTail')?.status, 200);
});

test('a session has the groups, streams and events that it asks for, and no others', async (t) => {
  const bed = await tailBench(t);
  const { client } = bed.made;
  await client.send(new CreateLogGroupCommand({ logGroupName: 'h' }));
  await client.send(new CreateLogStreamCommand({ logGroupName: 'h', logStreamName: 's' }));
  await client.send(new CreateLogStreamCommand({ logGroupName: 'g', logStreamName: 'st' }));
  const tails = [
    await bed.start({ logGroupIdentifiers: [arnOf('g'), arnOf('h')] }),
    await bed.start({ logStreamNames: ['s'] }),
    await bed.start({ logStreamNamePrefixes: ['st', 'x'] }),
    await bed.start({ logEventFilterPattern: 'one' }),
  ];
  for (const tail of tails) await tail.next();
  await putTexts(bed.made, ['g s one']);
  await putTexts(bed.made, ['g st two'], 'st');
  await putTexts(bed.made, ['h s one'], 's', 'h');
  bed.tick();
  const updates = [];
  for (const tail of tails) updates.push((await tail.update()).texts);
  t.deepEqual(updates, [['g s one', 'g st two', 'h s one'], ['g s one'], ['g st two'], ['g s one']]);
});

test('more than 500 events in a second are sampled, and of more than 5,000 the oldest are dropped', async (t) => {
  const bed = await tailBench(t);
  const tail = await bed.start();
  await tail.next();
  const numbers = Array.from({ length: 6_000 }, (_, index) => `${index}`);
  await putTexts(bed.made, numbers.slice(0, 500));
  bed.tick();
  t.deepEqual(await tail.update(), { texts: numbers.slice(0, 500), sampled: false });
  await putTexts(bed.made, numbers);
  bed.tick();
  const { texts = [], sampled } = await tail.update();
  t.true(sampled);
  t.is(texts.length, 500);
  t.is(texts[0], '1000');
  t.is(new Set(texts).size, 500);
  bed.tick();
  t.deepEqual(await tail.update(), { texts: [], sampled: false });
});

test('a session times out after three hours', async (t) => {
  let now = NOW;
  const bed = await tailBench(t, () => now);
  const tail = await bed.start();
  await tail.next();
  now += 3 * HOUR - 1;
  bed.tick();
  await tail.next();
  now += 1;
  bed.tick();
  await t.throwsAsync(tail.next(), { name: 'SessionTimeoutException', message: /three hours/ });
  await until('the session ends', () => bed.sessions === 0);
});

test('a session ends when its client leaves', async (t) => {
  const bed = await tailBench(t);
  await bed.start();
  t.is(bed.sessions, 1);
  bed.made.client.destroy();
  await until('the session ends', () => bed.sessions === 0);
});

test('a session ends when the service closes', async (t) => {
  const bed = await tailBench(t);
  await (await bed.start()).next();
  t.is(bed.sessions, 1);
  await bed.made.local.close();
  await until('the session ends', () => bed.sessions === 0);
});

test('a session that has ended takes no more events', async (t) => {
  const tail = new LiveTail(Date.now, () => () => undefined);
  const taken: string[] = [];
  const filter = {
    groups: new Map([['g', arnOf('g')]]),
    streamNames: undefined,
    streamPrefixes: undefined,
    pattern: undefined,
    matches: (message: string) => taken.push(message) > 0,
  };
  const server = createServer((_request, response) => tail.open(new LiveTailSession(filter, 0), response));
  t.teardown(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const publish = (message: string): void =>
    tail.publish('g', [{ logStreamName: 's', message, timestamp: 1, ingestionTime: 1, entity: null }]);
  // A TCP server has such an address.
  const client = get({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  await once(client, 'response');
  publish('taken');
  client.destroy();
  await until('the end of the session', () => !tail.isOpen);
  publish('not taken');
  t.deepEqual(taken, ['taken']);
});

test('a client that leaves while its answer is late leaves no session behind', async (t) => {
  const bed = await tailBench(t);
  const { made } = bed;
  made.local.fault({ kind: 'slow', operation: 'StartLiveTail', delayMs: 300 });
  const controller = new AbortController();
  const headers = signedHeaders('StartLiveTail');
  const { authorization = '' } = headers;
  const request = () =>
    fetch(made.local.endpoint, {
      method: 'POST',
      headers: { ...headers, authorization },
      body: JSON.stringify({ logGroupIdentifiers: [arnOf('g')] }),
      signal: controller.signal,
    });
  const leaving = t.throwsAsync(request(), { any: true });
  await until('the request', () =>
    made.local.requests.some(({ operation }) => operation === 'StartLiveTail'),
  );
  controller.abort();
  await leaving;
  // As late as the first, and after it.
  const tail = await bed.start();
  await tail.next();
  t.is(bed.sessions, 1);
});

test('closing ends all sessions at once', async (t) => {
  const bed = await tailBench(t);
  const tail = await bed.start();
  await tail.next();
  const closing = bed.made.local.close();
  t.is(bed.sessions, 0);
  await closing;
});

const REFUSED: readonly (readonly [Partial<StartLiveTailCommandInput>, RegExp])[] = [
  [{ logGroupIdentifiers: ['g'] }, /^The ARN 'g' is not that of a log group/],
  [{ logGroupIdentifiers: [`${arnOf('g')}:*`] }, /logGroupIdentifiers/],
  [{ logStreamNames: ['s'], logStreamNamePrefixes: ['s'] }, /mutually exclusive/],
  [{ logGroupIdentifiers: [arnOf('g'), arnOf('h')], logStreamNames: ['s'] }, /one log group only/],
  [{ logEventFilterPattern: '{' }, /^If a filter pattern starts with '\{'/],
];

for (const [input, message] of REFUSED) {
  test(`a session with ${JSON.stringify(input)} is refused`, async (t) => {
    const bed = await tailBench(t);
    await t.throwsAsync(bed.start(input), { name: 'InvalidParameterException', message });
  });
}

test('a session of a group that does not exist is refused', async (t) => {
  const bed = await tailBench(t);
  const input = { logGroupIdentifiers: [arnOf('none')] };
  await t.throwsAsync(bed.start(input), { name: 'ResourceNotFoundException' });
});

test('without a timer of its own, the service sends every second', async (t) => {
  const made = await bench(t);
  const { responseStream } = await made.client.send(
    new StartLiveTailCommand({ logGroupIdentifiers: [arnOf('g')] }),
  );
  if (!responseStream) throw new Error('There is no stream.');
  const tail = new Tail(responseStream[Symbol.asyncIterator]());
  await tail.next();
  await putTexts(made, ['a']);
  let update = await tail.update();
  // On a busy machine, a second passes before the event arrives.
  while (update.texts?.length === 0) update = await tail.update();
  t.deepEqual(update, { texts: ['a'], sampled: false });
});
