import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServiceClock } from '../clock/service-clock.js';
import { CHAOS } from '../faults/chaos.js';
import type { Faults } from '../faults/faults.js';
import { jsonReply, type Reply, write } from '../http/protocol.js';
import type { Changes } from '../live/changes.js';
import { readCursor } from '../live/cursor.js';
import { LiveStream } from '../live/live-stream.js';
import type { StateMessage } from '../live/messages.js';
import { SharedChunks } from '../live/shared-chunks.js';
import { answerMcp, type McpHandler } from '../mcp/endpoint.js';
import type { RequestLog } from '../requests/request-log.js';
import type { Store } from '../store/store.js';
import { version } from '../version.js';
import { addFault, removeFaults, setClock } from './commands.js';
import { describeGroups } from './groups.js';
import { exportEvents, readCriteria, searchEvents } from './search.js';

export const CONTROL_PATH = '/_putlogs/';

/** The parts of the service that the control interface reads and changes. */
interface ControlledService {
  readonly store: Store;
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly clock: ServiceClock;
  readonly changes: Changes;
}

/** A request to the control interface. */
interface ControlRequest {
  readonly incoming: IncomingMessage;
  readonly method: string;
  readonly name: string;
  readonly parameters: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** A reply, or undefined if the response has been taken over. */
type Answer = Reply | undefined | Promise<Reply | undefined>;

/** Reads and controls the service over HTTP. */
export class Control {
  readonly #service: ControlledService;
  /** Answers at `mcp`, if it is set. */
  mcp: McpHandler | undefined;
  /** Tells readers that the service has been started again. */
  readonly #instance = randomUUID().slice(0, 8);
  readonly #chunks = new SharedChunks();

  constructor(service: ControlledService) {
    this.#service = service;
  }

  /** Answers a request under CONTROL_PATH. */
  async answer(request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> {
    const reply = await this.#reply(request, response, body);
    if (reply) write(response, reply);
  }

  async #reply(request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<Reply | undefined> {
    const { method = '', headers } = request;
    const { pathname, searchParams: parameters } = new URL(request.url ?? '', 'http://localhost');
    const name = pathname.slice(CONTROL_PATH.length);
    try {
      return await this.#route({ incoming: request, method, name, parameters, headers, body }, response);
    } catch (error) {
      return jsonReply(400, { message: error instanceof Error ? error.message : String(error) });
    }
  }

  #route(request: ControlRequest, response: ServerResponse): Answer {
    const { store, requests } = this.#service;
    const { method, name, parameters } = request;
    switch (`${method} ${name}`) {
      case 'HEAD health':
      case 'GET health':
        return jsonReply(200, { status: 'ok' });
      case 'GET requests':
        return jsonReply(200, requests.records);
      case 'GET events':
        return this.#events(parameters);
      case 'GET groups':
        return jsonReply(200, describeGroups(store));
      case 'GET search':
        return searchEvents(store, parameters);
      case 'GET export':
        return exportEvents(store, readCriteria(parameters), response);
      case 'GET live':
        return this.#live(request, response);
      default:
        if (name === 'mcp' && this.mcp) return answerMcp(this.mcp, request.incoming, request.body, response);
        return this.#command(request);
    }
  }

  #command({ method, name, parameters, headers, body }: ControlRequest): Reply {
    const { faults, clock, changes } = this.#service;
    switch (`${method} ${name}`) {
      case 'GET faults':
        return jsonReply(200, faults.list());
      case 'POST faults':
        return addFault(faults, headers, body);
      case 'DELETE faults':
        return removeFaults(faults, parameters);
      case 'POST chaos':
        faults.removeGiven(CHAOS);
        for (const fault of CHAOS) faults.add(fault);
        return jsonReply(200, {});
      case 'DELETE chaos':
        faults.removeGiven(CHAOS);
        return jsonReply(200, {});
      case 'POST clock':
        return setClock(clock, changes, headers, body);
      default:
        return jsonReply(404, { message: `Nothing is at ${method} ${CONTROL_PATH}${name}.` });
    }
  }

  #events(parameters: URLSearchParams): Reply {
    const group = parameters.get('logGroupName');
    if (group === null) return jsonReply(400, { message: 'logGroupName is missing.' });
    const streams = this.#service.store.find(group, parameters.get('logStreamName') ?? undefined);
    return jsonReply(
      200,
      streams.flatMap((stream) => stream.events()),
    );
  }

  #live({ headers }: ControlRequest, response: ServerResponse): undefined {
    const { store, requests, changes } = this.#service;
    const instance = this.#instance;
    const lastId = headers['last-event-id'];
    const cursor = readCursor(instance, typeof lastId === 'string' ? lastId : undefined);
    const hello = { instance, version: version(), now: this.#service.clock.now() };
    const state = (): StateMessage => this.#state();
    new LiveStream(
      response,
      { hello, store, requests, changes, chunks: this.#chunks, state },
      cursor,
    ).start();
    return undefined;
  }

  #state(): StateMessage {
    const { store, faults, requests, clock } = this.#service;
    const { arrivals } = store;
    return {
      clockOffsetMs: clock.offsetMs,
      faults: faults.list(),
      isChaos: faults.includesGiven(CHAOS),
      keepsEvents: arrivals !== undefined,
      ...(arrivals && arrivals.limit < Infinity && { keepEventBytes: arrivals.limit }),
      discardedEvents: arrivals?.discardedEvents ?? 0,
      ...(arrivals?.firstSequence !== undefined && { firstSequence: arrivals.firstSequence }),
      discardedRequests: requests.discarded,
    };
  }
}
