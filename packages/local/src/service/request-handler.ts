import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Gate } from '../access/gate.js';
import type { ServiceClock } from '../clock/service-clock.js';
import { applyFault, type Fault, type Faults } from '../faults/faults.js';
import { parseJson } from '../http/json.js';
import { type Body, checkSigned, serviceReply, unpack } from '../http/protocol.js';
import type { Journal } from '../journal/journal.js';
import type { Changes } from '../live/changes.js';
import { LiveTailSession } from '../live-tail/live-tail-session.js';
import type { StartOptions } from '../local.js';
import { Members } from '../operations/members.js';
import type { Act, Context } from '../operations/operation.js';
import type { RequestLog } from '../requests/request-log.js';
import { QueryStore } from '../store/query-store.js';
import type { Store } from '../store/store.js';
import type { Publisher } from './publisher.js';
import type { Outcome, ReplySender } from './reply-sender.js';
import { type Draft, findOperation, recordNames, refuse } from './request-draft.js';

/** The parts of the service that a request meets. */
interface Parts {
  readonly store: Store;
  readonly faults: Faults;
  readonly gate: Gate;
  readonly clock: ServiceClock;
  readonly requests: RequestLog;
  readonly changes: Changes;
  readonly publisher: Publisher;
  readonly sender: ReplySender;
  readonly journal: Journal | undefined;
  readonly onRequest: StartOptions['onRequest'];
}

/** The outcome of a request, and the fault that applied to it. */
interface Answered {
  readonly outcome: Outcome;
  readonly fault: Fault | undefined;
}

/** Answers the requests that SDKs send, and keeps a record of each. */
export class RequestHandler {
  readonly #parts: Parts;
  readonly #queries = new QueryStore();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async answer(request: IncomingMessage, response: ServerResponse, body: Body): Promise<void> {
    const { clock, requests, changes, sender, onRequest } = this.#parts;
    const encoding = request.headers['content-encoding'];
    const record: Draft = {
      operation: '',
      status: 0,
      wireBytes: body.wireBytes,
      ...(encoding !== undefined && { contentEncoding: encoding }),
      at: clock.now(),
    };
    const { outcome, fault } = await this.#execute(request, body, record);
    record.status = statusOf(outcome);
    if (fault) record.fault = fault.kind;
    requests.add(record);
    changes.notify();
    onRequest?.(record);
    await sender.send(response, outcome, fault);
  }

  /** Reads the request, applies a fault, and executes the request. Errors become replies. */
  async #execute(request: IncomingMessage, body: Body, record: Draft): Promise<Answered> {
    const { clock, gate, faults } = this.#parts;
    let fault: Fault | undefined;
    try {
      const operation = findOperation(request, record);
      checkSigned(request.headers, clock.signingTime());
      const bytes = await unpack(body, record.contentEncoding);
      if (bytes !== body.bytes) record.bodyBytes = bytes.length;
      const content = parseJson(bytes);
      const members = new Members(content);
      recordNames(members, record);
      const act = operation(members, record);
      gate.check(record.operation, members, clock.now());
      const contains = (text: string) => JSON.stringify(content).includes(JSON.stringify(text).slice(1, -1));
      fault = faults.take(record.operation, record.entity !== undefined, contains);
      if (fault?.kind === 'reset' || fault?.kind === 'hang') return { outcome: { kind: fault.kind }, fault };
      const reply = fault && applyFault(fault, record);
      if (reply) return { outcome: { kind: 'reply', reply }, fault };
      return { outcome: await this.#act(act, fault, record.operation, content), fault };
    } catch (error) {
      return { outcome: { kind: 'reply', reply: refuse(error, record) }, fault };
    }
  }

  async #act(act: Act, fault: Fault | undefined, operation: string, input: unknown): Promise<Outcome> {
    const { store, clock, publisher, journal } = this.#parts;
    const context: Context = {
      store,
      queries: this.#queries,
      now: clock.now(),
      onPut: (accepted) => publisher.publish(accepted),
    };
    const acting = act(context, fault?.kind === 'entityRejected' ? fault.errorType : undefined);
    // In the same turn, since the journal has the order in which things changed.
    journal?.operation(context.now, operation, input);
    const answer = await acting;
    await journal?.written;
    if (fault?.kind === 'lostAnswer') return { kind: 'reset' };
    if (answer instanceof LiveTailSession) return { kind: 'session', session: answer };
    return { kind: 'reply', reply: serviceReply(200, answer) };
  }
}

/** 0 if there is no answer. */
function statusOf(outcome: Outcome): number {
  if (outcome.kind === 'reply') return outcome.reply.status;
  return outcome.kind === 'session' ? 200 : 0;
}
