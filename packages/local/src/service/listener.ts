import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { ServiceClock } from '../clock/service-clock.js';
import { CONTROL_PATH } from '../control/control.js';
import { isForLoopback, isRefused, type Target } from '../http/browsers.js';
import { endpointOf } from '../http/endpoint.js';
import { type Body, jsonReply, readBody, write } from '../http/protocol.js';
import { isPagePath, pageReply } from '../page/page.js';

const BROWSER_REFUSED = jsonReply(403, {
  message: '@putlogs/local answers no browser: any page could read, write and delete logs.',
});

const HOST_REFUSED = jsonReply(403, { message: 'The Host is not a loopback name.' });

/** Answers a request whose body has been read. */
type Answer = (request: IncomingMessage, response: ServerResponse, body: Body) => Promise<void>;

/** What answers the requests, but for the page. */
type Answers = Readonly<Record<Exclude<Target, 'page'>, Answer>>;

/** Listens for requests, refuses what no browser may send, and has the others answered. */
export class Listener {
  readonly #server: Server;
  readonly #clock: ServiceClock;
  readonly #answers: Answers;
  #ready: Promise<void> | undefined;
  #port = 0;
  #endpoint = '';

  constructor(clock: ServiceClock, answers: Answers) {
    this.#clock = clock;
    this.#answers = answers;
    // Longer than clients keep idle connections, so that the server does not close one just as a request arrives.
    this.#server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
      // The client has disconnected, or the service is closing.
      this.#handle(request, response).catch(() => response.destroy());
    });
  }

  get port(): number {
    return this.#port;
  }

  get endpoint(): string {
    return this.#endpoint;
  }

  /**
   * Listens, and prepares the service while requests wait.
   * @throws {Error} if the address is not available, or what `prepare` throws
   */
  async listen(port: number, host: string, prepare: () => Promise<void>): Promise<void> {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The server has no port.');
    this.#port = address.port;
    this.#endpoint = endpointOf(host, address.port);
    this.#ready = prepare();
    await this.#ready;
  }

  /** Closes all connections at once. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await this.#ready;
    response.setHeader('date', new Date(this.#clock.signingTime()).toUTCString());
    const target = targetOf(request);
    if (isRefused(request.headers, target)) {
      write(response, BROWSER_REFUSED);
      return;
    }
    const body = await readBody(request);
    if (target === 'service') await this.#answers.service(request, response, body);
    else if (!isForLoopback(request.headers)) write(response, HOST_REFUSED);
    else if (target === 'page') write(response, await pageReply(request.url));
    else await this.#answers.control(request, response, body);
  }
}

function targetOf({ method, url }: IncomingMessage): Target {
  if ((method === 'GET' || method === 'HEAD') && isPagePath(url)) return 'page';
  return url?.startsWith(CONTROL_PATH) ? 'control' : 'service';
}
