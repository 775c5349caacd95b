import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../faults/faults.js';
import { head, type Reply, streamHead, write } from '../http/protocol.js';
import type { LiveTail } from '../live-tail/live-tail.js';
import type { LiveTailSession } from '../live-tail/live-tail-session.js';

/** What becomes of a request: a reply, a Live Tail session, a broken connection, or nothing, in which case the client waits. */
export type Outcome =
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'session'; readonly session: LiveTailSession }
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang' };

/** Sends the outcomes of requests, late if a fault says so. */
export class ReplySender {
  readonly #liveTail: LiveTail;
  readonly #closing: AbortSignal;

  /** @param closing ends what is late */
  constructor(liveTail: LiveTail, closing: AbortSignal) {
    this.#liveTail = liveTail;
    this.#closing = closing;
  }

  async send(response: ServerResponse, outcome: Outcome, fault: Fault | undefined): Promise<void> {
    if (outcome.kind === 'hang') return;
    if (outcome.kind === 'reset') {
      response.socket?.resetAndDestroy();
      return;
    }
    if (fault?.kind === 'drip' && outcome.kind === 'reply') head(response, outcome.reply).flushHeaders();
    if (fault?.kind === 'drip' || fault?.kind === 'slow') {
      await sleep(fault.delayMs, undefined, { signal: this.#closing });
    }
    // The client has left meanwhile.
    if (response.destroyed) return;
    if (outcome.kind === 'session') this.#liveTail.open(outcome.session, streamHead(response));
    else if (response.headersSent) response.end(outcome.reply.body);
    else write(response, outcome.reply);
  }
}
