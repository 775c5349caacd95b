import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Gate } from '../access/gate.js';
import { ServiceClock } from '../clock/service-clock.js';
import { CONTROL_PATH, Control } from '../control/control.js';
import { applyFault, type Fault, Faults } from '../faults/faults.js';
import type { Journal } from '../journal/journal.js';
import { Changes } from '../live/changes.js';
import { everyInterval, LiveTail } from '../live-tail/live-tail.js';
import { LiveTailSession } from '../live-tail/live-tail-session.js';
import type { Local, Put, RequestRecord, StartOptions } from '../local.js';
import { loadMcp } from '../mcp/endpoint.js';
import { Tools } from '../mcp/tools.js';
import { Members } from '../operations/members.js';
import type { AcceptedBatch, Act, Context } from '../operations/operation.js';
import { isPagePath, pageReply } from '../page/page.js';
import { RequestLog } from '../requests/request-log.js';
import { QueryStore } from '../store/query-store.js';
import { expand, Store, type StoredEvent } from '../store/store.js';
import { version } from '../version.js';
import { isForLoopback, isRefused, type Target } from './browsers.js';
import { endpointOf, environmentFor } from './endpoint.js';
import { parseJson } from './json.js';
import {
  type Body,
  checkSigned,
  head,
  jsonReply,
  type Reply,
  readBody,
  serviceReply,
  streamHead,
  unpack,
  write,
} from './protocol.js';
import { type Draft, findOperation, recordNames, refuse } from './request-draft.js';

const BROWSER_REFUSED = jsonReply(403, {
  message: '@putlogs/local answers no browser: any page could read, write and delete logs.',
});

const HOST_REFUSED = jsonReply(403, { message: 'The Host is not a loopback name.' });

/** The end of a request. There is no reply if a fault withholds it. A Live Tail session is a reply that goes on. */
interface Outcome {
  readonly reply: Reply | LiveTailSession | undefined;
  readonly fault: Fault | undefined;
}

/** The part of an event that is not known otherwise. */
type IngestedEvent = Pick<StoredEvent, 'timestamp' | 'message'>;

export class Service implements Local {
  readonly #server: Server;
  readonly #store: Store;
  readonly #queries = new QueryStore();
  readonly #faults: Faults;
  readonly #gate: Gate;
  readonly #clock: ServiceClock;
  readonly #requests: RequestLog;
  readonly #changes = new Changes();
  readonly #control: Control;
  readonly #liveTail: LiveTail;
  readonly #onPut: StartOptions['onPut'];
  readonly #onRequest: StartOptions['onRequest'];
  readonly #journal: Journal | undefined;
  readonly #closing = new AbortController();
  #restored: Promise<void> | undefined;
  #port = 0;
  #endpoint = '';

  /** @param journal records every change of log groups, log streams and events */
  constructor(options: StartOptions, journal?: Journal) {
    const { now = Date.now, signingClock = Date.now, random = Math.random, onPut, onRequest } = options;
    const { keepEvents = true, keepEventBytes = Infinity, keepRequests = Infinity } = options;
    this.#store = new Store(keepEvents, keepEventBytes);
    this.#faults = new Faults(random, () => this.#changes.notify());
    this.#gate = new Gate(options.policy, options.quotas);
    this.#clock = new ServiceClock(now, signingClock);
    this.#requests = new RequestLog(keepRequests);
    this.#control = new Control({
      store: this.#store,
      faults: this.#faults,
      requests: this.#requests,
      clock: this.#clock,
      changes: this.#changes,
    });
    this.#liveTail = new LiveTail(() => this.#clock.now(), options.every ?? everyInterval);
    this.#onPut = onPut;
    this.#onRequest = onRequest;
    this.#journal = journal;
    // Longer than clients keep idle connections, so that the server does not close one just as a request arrives.
    this.#server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
      // The client has disconnected, or the service is closing.
      this.#handle(request, response).catch(() => response.destroy());
    });
  }

  /** Listens. Requests wait until the journal has told what there was. */
  async listen(port: number, host: string): Promise<void> {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The server has no port.');
    this.#port = address.port;
    this.#endpoint = endpointOf(host, address.port);
    this.#restored = this.#journal?.open(this.#store);
    await this.#restored?.catch(async (error: unknown) => {
      await this.close();
      throw error;
    });
  }

  async serveMcp(): Promise<void> {
    const sources = { store: this.#store, requests: this.#requests, now: () => this.#clock.now() };
    this.#control.mcp = await loadMcp(new Tools(sources), version());
  }

  get port(): number {
    return this.#port;
  }

  get endpoint(): string {
    return this.#endpoint;
  }

  get env(): Readonly<Record<string, string>> {
    return environmentFor(this.#endpoint);
  }

  get requests(): readonly RequestRecord[] {
    return this.#requests.records;
  }

  events(logGroupName: string, logStreamName?: string): StoredEvent[] {
    return this.#store.find(logGroupName, logStreamName).flatMap((stream) => stream.events());
  }

  count(logGroupName: string, logStreamName?: string): number {
    return this.#store.find(logGroupName, logStreamName).reduce((sum, { count }) => sum + count, 0);
  }

  /**
   * Stores events that no request has brought, in a log stream that is created when it is missing.
   * @returns when the journal has them
   */
  async ingest(logGroupName: string, logStreamName: string, events: readonly IngestedEvent[]): Promise<void> {
    const now = this.#clock.now();
    const batch = {
      sequence: this.#store.takeSequence(events.length),
      timestamps: Float64Array.from(events, ({ timestamp }) => timestamp),
      messages: events.map(({ message }) => message),
      ingestionTime: now,
      entity: null,
    };
    this.#store.ensureStream(logGroupName, logStreamName, now).append(batch);
    this.#publish({ logGroupName, logStreamName, batch });
    this.#changes.notify();
    await this.#journal?.written;
  }

  fault(fault: Fault): () => void {
    return this.#faults.add(fault);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#liveTail.close();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
    await this.#journal?.close();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await this.#restored;
    response.setHeader('date', new Date(this.#clock.signingTime()).toUTCString());
    const target = targetOf(request);
    if (isRefused(request.headers, target)) {
      write(response, BROWSER_REFUSED);
      return;
    }
    const body = await readBody(request);
    if (target === 'service') await this.#serve(request, response, body);
    else if (!isForLoopback(request.headers)) write(response, HOST_REFUSED);
    else if (target === 'page') write(response, await pageReply(request.url));
    else await this.#control.answer(request, response, body.bytes);
  }

  async #serve(request: IncomingMessage, response: ServerResponse, body: Body): Promise<void> {
    const encoding = request.headers['content-encoding'];
    const record: Draft = {
      operation: '',
      status: 0,
      wireBytes: body.wireBytes,
      ...(encoding !== undefined && { contentEncoding: encoding }),
      at: this.#clock.now(),
    };
    const { reply, fault } = await this.#answer(request, body, record);
    if (reply) record.status = reply instanceof LiveTailSession ? 200 : reply.status;
    if (fault) record.fault = fault.kind;
    this.#requests.add(record);
    this.#changes.notify();
    this.#onRequest?.(record);
    await this.#send(response, reply, fault);
  }

  /** Reads the request, applies a fault, and executes the request. Errors become replies. */
  async #answer(request: IncomingMessage, body: Body, record: Draft): Promise<Outcome> {
    let fault: Fault | undefined;
    try {
      const operation = findOperation(request, record);
      checkSigned(request.headers, this.#clock.signingTime());
      const bytes = await unpack(body, record.contentEncoding);
      if (bytes !== body.bytes) record.bodyBytes = bytes.length;
      const content = parseJson(bytes);
      const members = new Members(content);
      recordNames(members, record);
      const act = operation(members, record);
      this.#gate.check(record.operation, members, this.#clock.now());
      const contains = (text: string) => JSON.stringify(content).includes(JSON.stringify(text).slice(1, -1));
      fault = this.#faults.take(record.operation, record.entity !== undefined, contains);
      if (fault?.kind === 'reset' || fault?.kind === 'hang') return { reply: undefined, fault };
      return {
        reply:
          (fault && applyFault(fault, record)) ?? (await this.#act(act, fault, record.operation, content)),
        fault,
      };
    } catch (error) {
      return { reply: refuse(error, record), fault };
    }
  }

  async #act(
    act: Act,
    fault: Fault | undefined,
    operation: string,
    input: unknown,
  ): Promise<Outcome['reply']> {
    const context: Context = {
      store: this.#store,
      queries: this.#queries,
      now: this.#clock.now(),
      onPut: (accepted) => this.#publish(accepted),
    };
    const acting = act(context, fault?.kind === 'entityRejected' ? fault.errorType : undefined);
    // In the same turn, since the journal has the order in which things changed.
    this.#journal?.operation(context.now, operation, input);
    const answer = await acting;
    await this.#journal?.written;
    if (fault?.kind === 'lostAnswer') return undefined;
    return answer instanceof LiveTailSession ? answer : serviceReply(200, answer);
  }

  #publish(accepted: AcceptedBatch): void {
    this.#journal?.batch(accepted.logGroupName, accepted.logStreamName, accepted.batch);
    if (!this.#onPut && !this.#liveTail.isOpen) return;
    const put = toPut(accepted);
    this.#liveTail.publish(put.logGroupName, put.events);
    this.#onPut?.(put);
  }

  async #send(response: ServerResponse, reply: Outcome['reply'], fault: Fault | undefined): Promise<void> {
    if (!reply) {
      if (fault?.kind !== 'hang') response.socket?.resetAndDestroy();
      return;
    }
    if (fault?.kind === 'drip' && !(reply instanceof LiveTailSession)) head(response, reply).flushHeaders();
    if (fault?.kind === 'drip' || fault?.kind === 'slow') {
      await sleep(fault.delayMs, undefined, { signal: this.#closing.signal });
    }
    // The client has left meanwhile.
    if (response.destroyed) return;
    if (reply instanceof LiveTailSession) this.#liveTail.open(reply, streamHead(response));
    else if (response.headersSent) response.end(reply.body);
    else write(response, reply);
  }
}

function targetOf({ method, url }: IncomingMessage): Target {
  if ((method === 'GET' || method === 'HEAD') && isPagePath(url)) return 'page';
  return url?.startsWith(CONTROL_PATH) ? 'control' : 'service';
}

const toPut = ({ batch, ...where }: AcceptedBatch): Put => ({
  ...where,
  events: expand(batch, where.logStreamName),
  entity: batch.entity,
});
