import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionContext } from 'ava';

/** Counts the concurrent requests of the servers in this process. */
export class RequestsAtOnce {
  #now = 0;
  #most = 0;

  constructor(t: ExecutionContext) {
    const begun = (message: unknown) => {
      const { response } = message as {
        readonly request: IncomingMessage;
        readonly response: ServerResponse;
      };
      this.#most = Math.max(this.#most, ++this.#now);
      response.once('close', () => this.#now--);
    };
    subscribe('http.server.request.start', begun);
    t.teardown(() => unsubscribe('http.server.request.start', begun));
  }

  get most(): number {
    return this.#most;
  }
}
