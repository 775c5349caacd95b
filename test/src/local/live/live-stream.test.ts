import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateLogGroupCommand, DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import test, { type ExecutionContext } from 'ava';
import { until } from '../../support/until.js';
import { type Bench, bench, exchange, NOW } from '../support.js';

const MODULE = new URL('live/shared-chunks.js', import.meta.resolve('@putlogs/local'));
interface Chunks {
  get(key: string, make: () => string): Buffer;
}
const { SharedChunks }: { readonly SharedChunks: new () => Chunks } = await import(MODULE.href);

interface Message {
  readonly id: string;
  readonly kind: string;
  readonly data: {
    readonly instance?: string;
    readonly sequence?: number;
    readonly events?: readonly (readonly [number, string])[];
    readonly [name: string]: unknown;
  };
}

/** A reader of server-sent events. */
class Reader {
  readonly response: IncomingMessage;
  readonly #seen: Message[] = [];
  #rest = '';

  constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding('utf8').on('data', (chunk: string) => {
      const blocks = `${this.#rest}${chunk}`.split('\n\n');
      this.#rest = blocks.pop() ?? '';
      this.#seen.push(...blocks.flatMap(parse));
    });
  }

  /** Takes the next messages up to the first that the predicate wants. */
  async until(isWanted: (message: Message) => boolean): Promise<readonly Message[]> {
    const find = () => this.#seen.findIndex(isWanted);
    await until(
      `a message like ${isWanted}`,
      () => find() !== -1,
      () => sleep(5),
    );
    return this.#seen.splice(0, find() + 1);
  }

  /** The messages of all events up to the one with this message. */
  async untilEvent(wanted: string): Promise<readonly string[]> {
    const messages = await this.until(
      ({ kind, data }) => kind === 'events' && textsOf(data).includes(wanted),
    );
    return messages.filter(({ kind }) => kind === 'events').flatMap(({ data }) => textsOf(data));
  }
}

const textsOf = ({ events = [] }: Message['data']): readonly string[] => events.map(([, text]) => text);

function parse(block: string): readonly Message[] {
  const [, id, kind, data] = /^id: (.*)\nevent: (.*)\ndata: (.*)$/.exec(block) ?? [];
  return id === undefined || kind === undefined || data === undefined
    ? []
    : [{ id, kind, data: JSON.parse(data) }];
}

async function connect(t: ExecutionContext, made: Bench, lastEventId?: string): Promise<Reader> {
  const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const [response]: IncomingMessage[] = await once(
    get(`${made.local.endpoint}/_putlogs/live`, { headers, agent: false }),
    'response',
  );
  if (!response) throw new Error('no response');
  t.teardown(() => response.destroy());
  t.is(response.headers['content-type'], 'text/event-stream');
  // The service is closed at the end of the test.
  response.on('error', () => undefined);
  return new Reader(response);
}

const putText = (made: Bench, ...messages: readonly string[]) =>
  made.put({ logEvents: messages.map((message) => ({ timestamp: NOW, message })) });

test('a reader gets what is kept, then what arrives, and the requests', async (t) => {
  const made = await bench(t);
  await putText(made, 'kept', 'too');
  const reader = await connect(t, made);
  const messages = await reader.until(({ kind }) => kind === 'events');
  t.deepEqual(
    messages.map(({ kind }) => kind),
    ['hello', 'state', 'requests', 'events'],
  );
  t.deepEqual(messages.at(-1)?.data, {
    logGroupName: 'g',
    logStreamName: 's',
    ingestionTime: NOW,
    entity: null,
    count: 2,
    sequence: 0,
    events: [
      [NOW, 'kept'],
      [NOW, 'too'],
    ],
  });
  t.like(messages[2]?.data, { first: 0, records: { length: 3 } });
  await putText(made, 'new');
  t.deepEqual(await reader.untilEvent('new'), ['new']);
});

test('a reader that comes back goes on where it was', async (t) => {
  const made = await bench(t);
  await putText(made, 'a', 'b');
  const first = await connect(t, made);
  const [last] = (await first.until(({ kind }) => kind === 'events')).slice(-1);
  first.response.destroy();
  await putText(made, 'c');
  const second = await connect(t, made, last?.id);
  const messages = await second.until(({ kind }) => kind === 'events');
  t.deepEqual(textsOf(messages.at(-1)?.data ?? {}), ['c']);
  t.like(messages.find(({ kind }) => kind === 'requests')?.data, { first: 3, records: { length: 1 } });
});

test('a reader of another start of the service begins anew', async (t) => {
  const made = await bench(t);
  await putText(made, 'a');
  for (const id of ['00000000-1-9', 'nonsense']) {
    const reader = await connect(t, made, id);
    t.deepEqual(await reader.untilEvent('a'), ['a'], id);
  }
});

test('a batch of 10,000 events arrives whole, in several messages', async (t) => {
  const made = await bench(t);
  const texts = Array.from({ length: 10_000 }, (_, index) => `${index}`);
  await putText(made, ...texts);
  const reader = await connect(t, made);
  t.deepEqual(await reader.untilEvent('9999'), texts);
});

test('a reader that stops reading takes no memory: what is discarded meanwhile is not sent', async (t) => {
  const made = await bench(t, { keepEventBytes: 2_000_000, keepRequests: 5 });
  const reader = await connect(t, made);
  await reader.until(({ kind }) => kind === 'requests');
  reader.response.pause();
  const swift = await connect(t, made);
  const text = 'x'.repeat(1_000_000);
  for (let count = 0; count < 40; count++) {
    await putText(made, `${count}${text}`);
    // Whoever reads gets each of them.
    await swift.untilEvent(`${count}${text}`);
  }
  await putText(made, 'last');
  reader.response.resume();
  const texts = await reader.untilEvent('last');
  t.true(texts.length < 30, `${texts.length}`);
  const [state] = (await (await connect(t, made)).until(({ kind }) => kind === 'state')).slice(-1);
  t.like(state?.data, {
    keepEventBytes: 2_000_000,
    discardedEvents: 39,
    firstSequence: 39,
    discardedRequests: 38,
  });
});

test('events of a deleted group are not sent', async (t) => {
  const made = await bench(t);
  await putText(made, 'lost');
  await made.client.send(new DeleteLogGroupCommand({ logGroupName: 'g' }));
  const reader = await connect(t, made);
  await made.client.send(new CreateLogGroupCommand({ logGroupName: 'h' }));
  const messages = await reader.until(({ data }) => JSON.stringify(data).includes('"h"'));
  t.false(messages.some(({ kind }) => kind === 'events'));
});

test('faults, chaos and the clock are told when they change, whoever changes them', async (t) => {
  const made = await bench(t);
  const reader = await connect(t, made);
  const state = async (isWanted: (data: Message['data']) => boolean) =>
    (await reader.until(({ kind, data }) => kind === 'state' && isWanted(data))).at(-1)?.data;
  t.like(await state(() => true), {
    clockOffsetMs: 0,
    faults: [],
    isChaos: false,
    keepsEvents: true,
    discardedEvents: 0,
  });
  const end = made.local.fault({ kind: 'throttle', times: 2 });
  t.like(await state(({ faults }) => JSON.stringify(faults) !== '[]'), {
    faults: [{ id: 1, fault: { kind: 'throttle', times: 2 }, left: 2 }],
  });
  await t.throwsAsync(putText(made, 'x'), { name: 'ThrottlingException' });
  await state(({ faults }) => JSON.stringify(faults).includes('"left":1'));
  end();
  await state(({ faults }) => JSON.stringify(faults) === '[]');
  await exchange(made.local.port, 'POST', '/_putlogs/chaos');
  await state(({ isChaos }) => isChaos === true);
  await exchange(made.local.port, 'DELETE', '/_putlogs/chaos');
  await state(({ isChaos }) => isChaos === false);
});

test('a service that only counts events sends the requests', async (t) => {
  const made = await bench(t, { keepEvents: false });
  await putText(made, 'counted');
  const reader = await connect(t, made);
  const messages = await reader.until(({ kind }) => kind === 'requests');
  t.like(messages.find(({ kind }) => kind === 'state')?.data, { keepsEvents: false });
});

test('close() ends the streams', async (t) => {
  const made = await bench(t);
  const reader = await connect(t, made);
  await reader.until(({ kind }) => kind === 'state');
  const ended = new Promise((resolve) => reader.response.on('close', resolve));
  await made.local.close();
  await ended;
  t.true(reader.response.destroyed);
});

test('a chunk is written as JSON once for the readers that need it, and again when it has changed', (t) => {
  const chunks = new SharedChunks();
  let made = 0;
  const make = (): string => {
    made++;
    return 'x'.repeat(5_000_000);
  };
  t.is(chunks.get('a', make), chunks.get('a', make));
  t.is(made, 1);
  chunks.get('b', make);
  t.is(made, 2);
  // Both have no room at once.
  chunks.get('a', make);
  t.is(made, 3);
});
