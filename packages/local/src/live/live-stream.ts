import type { ServerResponse } from 'node:http';
import { toJson } from '../http/json.js';
import type { RequestLog } from '../requests/request-log.js';
import type { Arrival } from '../store/arrivals.js';
import type { Store } from '../store/store.js';
import type { Changes } from './changes.js';
import { type Cursor, writeCursor } from './cursor.js';
import type { LiveMessages, StateMessage } from './messages.js';
import type { SharedChunks } from './shared-chunks.js';

const EVENTS_PER_MESSAGE = 2_000;
const REQUESTS_PER_MESSAGE = 500;
/** Changes within this time are sent together. */
const PAUSE_MS = 50;
/** A comment in a silence, so that nothing between takes the connection for dead. */
const KEEP_ALIVE_MS = 15_000;

/** What a stream reads from. */
export interface LiveSources {
  readonly hello: LiveMessages['hello'];
  readonly store: Store;
  readonly requests: RequestLog;
  readonly changes: Changes;
  readonly chunks: SharedChunks;
  state(): StateMessage;
}

/**
 * A stream of server-sent events: first all that is kept, then what arrives. It reads from the store at the speed of its
 * reader, so that a slow reader takes no memory: what is discarded before it was read is not sent.
 */
export class LiveStream {
  readonly #response: ServerResponse;
  readonly #sources: LiveSources;
  #cursor: Cursor;
  #state = '';
  #pause: NodeJS.Timeout | undefined;
  #isFull = false;

  constructor(response: ServerResponse, sources: LiveSources, cursor: Cursor) {
    this.#response = response;
    this.#sources = sources;
    this.#cursor = cursor;
  }

  /** Sends until the reader leaves. */
  start(): void {
    const response = this.#response;
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const unsubscribe = this.#sources.changes.subscribe(() => this.#schedule());
    const keepAlive = setInterval(() => response.write(':\n\n'), KEEP_ALIVE_MS).unref();
    response.on('drain', () => {
      this.#isFull = false;
      this.#pump();
    });
    response.on('close', () => {
      unsubscribe();
      clearInterval(keepAlive);
      clearTimeout(this.#pause);
    });
    response.write('retry: 1000\n\n');
    this.#send('hello', this.#sources.hello);
    this.#pump();
  }

  #schedule(): void {
    this.#pause ??= setTimeout(() => {
      this.#pause = undefined;
      this.#pump();
    }, PAUSE_MS).unref();
  }

  #pump(): void {
    while (!this.#isFull && (this.#sendState() || this.#sendRequests() || this.#sendEvents()));
  }

  #sendState(): boolean {
    const state = this.#sources.state();
    const text = JSON.stringify(state);
    if (text === this.#state) return false;
    this.#state = text;
    this.#send('state', state);
    return true;
  }

  #sendRequests(): boolean {
    const message = this.#sources.requests.from(this.#cursor.request, REQUESTS_PER_MESSAGE);
    if (message.records.length === 0) return false;
    this.#cursor = { ...this.#cursor, request: message.first + message.records.length };
    this.#send('requests', message);
    return true;
  }

  #sendEvents(): boolean {
    const { sequence } = this.#cursor;
    const { store } = this.#sources;
    const arrival = store.arrivals?.firstFrom(sequence);
    if (!arrival) return false;
    const { stream, batch } = arrival;
    const start = Math.max(sequence - batch.sequence, 0);
    const end = Math.min(start + EVENTS_PER_MESSAGE, batch.messages.length);
    this.#cursor = { ...this.#cursor, sequence: batch.sequence + end };
    const first = batch.sequence + start;
    this.#write(
      'events',
      this.#sources.chunks.get(`${first} ${end - start} ${stream.count}`, () =>
        toJson(eventsMessage(arrival, start, end)),
      ),
    );
    return true;
  }

  #send<Kind extends keyof LiveMessages>(kind: Kind, message: LiveMessages[Kind]): void {
    this.#write(kind, toJson(message));
  }

  #write(kind: keyof LiveMessages, json: string | Buffer): void {
    const id = writeCursor(this.#sources.hello.instance, this.#cursor);
    this.#response.cork();
    this.#response.write(`id: ${id}\nevent: ${kind}\ndata: `);
    this.#response.write(json);
    this.#isFull = !this.#response.write('\n\n');
    this.#response.uncork();
  }
}

const eventsMessage = ({ stream, batch }: Arrival, start: number, end: number): LiveMessages['events'] => ({
  logGroupName: stream.logGroupName,
  logStreamName: stream.name,
  ingestionTime: batch.ingestionTime,
  entity: batch.entity,
  count: stream.count,
  sequence: batch.sequence + start,
  events: batch.messages
    .slice(start, end)
    .map((message, index) => [batch.timestamps[start + index] ?? 0, message]),
});
