import { AWS_JSON, type Reply, TOO_LARGE } from '../http/protocol.js';
import { invalidParameter, invalidSignature, Refusal } from '../http/refusal.js';
import { OPERATIONS } from '../operations/operations.js';

/** The request that a fault answers. */
interface Asked {
  readonly operation: string;
  readonly logGroupName?: string;
  readonly logStreamName?: string;
}

/** Faults that answer an error in the service's own form. The request has no effect. */
const REFUSALS = {
  throttle: () => new Refusal('ThrottlingException', 'Rate exceeded'),
  error500: () => new Refusal('ServiceUnavailableException', 'The service cannot complete the request.', 500),
  error503: () => new Refusal('ServiceUnavailableException', 'The service cannot complete the request.', 503),
  aborted: () =>
    new Refusal(
      'OperationAbortedException',
      'A conflicting operation is currently in progress against this resource. Please try again.',
    ),
  accessDenied: ({ operation, logGroupName = '*', logStreamName = '' }: Asked) =>
    new Refusal(
      'AccessDeniedException',
      `User: arn:aws:iam::000000000000:user/local is not authorized to perform: logs:${operation} on resource: arn:aws:logs:us-east-1:000000000000:log-group:${logGroupName}:log-stream:${logStreamName} because no identity-based policy allows the logs:${operation} action`,
    ),
  expiredToken: () =>
    new Refusal('ExpiredTokenException', 'The security token included in the request is expired.'),
  unrecognizedClient: () =>
    new Refusal('UnrecognizedClientException', 'The security token included in the request is invalid.'),
  invalidSignature: () =>
    invalidSignature(
      'Signature expired: 20150830T123600Z is now earlier than 20150830T124100Z (20150830T124600Z - 5 min.)',
    ),
  entityInvalid: () =>
    invalidParameter(
      "1 validation error detected: Value at 'entity.keyAttributes' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy enum value set: [Type, ResourceType, Identifier, Name, Environment]]",
    ),
} as const satisfies Record<string, (asked: Asked) => Refusal>;

const POISON = () =>
  invalidParameter(
    "1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member must satisfy a constraint that AWS does not document",
  );

const html = (status: number, title: string): Reply => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: `<!doctype html><html><body><h1>${title}</h1></body></html>`,
});

/** Faults that answer as a proxy would: without a request id. The request has no effect. */
const PAGES = {
  html502: html(502, 'Bad Gateway'),
  html200: html(200, 'Sign in to this network'),
  noRequestId: { status: 200, headers: { 'content-type': AWS_JSON }, body: '{}' },
  tooLarge413: TOO_LARGE,
} as const satisfies Record<string, Reply>;

type RefusalKind = keyof typeof REFUSALS;
type PageKind = keyof typeof PAGES;

/** Faults of the connection. With `lostAnswer` the request takes effect; with the others it does not. */
const CUTS = ['reset', 'hang', 'lostAnswer'] as const;
/** Faults of time: the request takes effect at once, and the answer is late. `drip` sends the headers at once. */
const DELAYS = ['slow', 'drip'] as const;

/** Which requests a fault affects. Without `times` and `share`: all of them, until the fault is ended. */
export interface Scope {
  /** An operation that this service implements, or '*' for all. Default: PutLogEvents. */
  readonly operation?: string;
  /** The fault ends after this many requests. */
  readonly times?: number;
  /** The share of requests that it affects, in (0, 1]. */
  readonly share?: number;
}

/** What goes wrong, and for which requests. The first fault that matches a request applies; the others do not. */
export type Fault = Scope &
  (
    | { readonly kind: RefusalKind | PageKind | (typeof CUTS)[number] }
    | { readonly kind: (typeof DELAYS)[number]; readonly delayMs: number }
    | { readonly kind: 'entityRejected'; readonly errorType: string }
    /** Refuses each request that contains this text, like an event that the service never accepts. */
    | { readonly kind: 'poison'; readonly text: string }
  );

const KINDS: ReadonlySet<string> = new Set([
  ...Object.keys(REFUSALS),
  ...Object.keys(PAGES),
  ...CUTS,
  ...DELAYS,
  'entityRejected',
  'poison',
]);

/** Throws or returns the answer of a fault; undefined for faults that let the service answer. */
export function interfere(fault: Fault, asked: Asked): Reply | undefined {
  if (fault.kind === 'poison') throw POISON();
  if (isKey(REFUSALS, fault.kind)) throw REFUSALS[fault.kind](asked);
  if (isKey(PAGES, fault.kind)) return PAGES[fault.kind];
  return undefined;
}

const isKey = <T extends object>(table: T, key: PropertyKey): key is keyof T => Object.hasOwn(table, key);

/** The active faults. */
export class Faults {
  readonly #active = new Set<{ readonly fault: Fault; left: number }>();
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Activates a fault; the returned function ends it. Throws a TypeError when the fault is not valid. */
  add(fault: Fault): () => void {
    checkFault(fault);
    const entry = { fault: { ...fault }, left: fault.times ?? Infinity };
    this.#active.add(entry);
    return () => void this.#active.delete(entry);
  }

  clear(): void {
    this.#active.clear();
  }

  /** The fault that applies to a request, if any. Faults of the entity or of a text skip requests without it. */
  take(operation: string, hasEntity: boolean, holds: (text: string) => boolean): Fault | undefined {
    for (const entry of this.#active) {
      const { operation: wanted = 'PutLogEvents', share = 1, kind } = entry.fault;
      if (wanted !== '*' && wanted !== operation) continue;
      if (kind.startsWith('entity') && !hasEntity) continue;
      if (entry.fault.kind === 'poison' && !holds(entry.fault.text)) continue;
      if (share < 1 && this.#random() >= share) continue;
      if (--entry.left === 0) this.#active.delete(entry);
      return entry.fault;
    }
    return undefined;
  }
}

/** Faults also arrive as JSON over HTTP, so no type is taken for granted. */
function checkFault(given: unknown): asserts given is Fault {
  if (typeof given !== 'object' || given === null) throw new TypeError('a fault is an object');
  const { kind, operation, times, share, delayMs, errorType, text, ...unknown }: Record<string, unknown> = {
    ...given,
  };
  const [stranger] = Object.keys(unknown);
  if (stranger !== undefined) throw new TypeError(`a fault has no '${stranger}'`);
  if (typeof kind !== 'string' || !KINDS.has(kind)) {
    throw new TypeError(`unknown kind of fault: ${String(kind)}; known are ${[...KINDS].join(', ')}`);
  }
  checkOperation(operation);
  if (times !== undefined && !(Number.isInteger(times) && Number(times) > 0)) {
    throw new TypeError('times is an integer over 0');
  }
  if (share !== undefined && !(typeof share === 'number' && share > 0 && share <= 1)) {
    throw new TypeError('share is over 0 and at most 1');
  }
  const delays = DELAYS.some((name) => name === kind);
  const waits = typeof delayMs === 'number' && delayMs >= 0 && delayMs < 2 ** 31;
  if (delays ? !waits : delayMs !== undefined)
    throw new TypeError('slow and drip, and they alone, take delayMs >= 0');
  const rejects = kind === 'entityRejected';
  if (rejects ? typeof errorType !== 'string' : errorType !== undefined) {
    throw new TypeError('entityRejected, and it alone, takes errorType');
  }
  if (kind === 'poison' ? typeof text !== 'string' || text === '' : text !== undefined) {
    throw new TypeError('poison, and it alone, takes text');
  }
}

/** With a misspelt operation a fault would never apply, and a test that relies on it would pass for nothing. */
function checkOperation(name: unknown): void {
  if (name === undefined || name === '*') return;
  if (typeof name === 'string' && OPERATIONS.has(name)) return;
  throw new TypeError(
    `unknown operation: ${String(name)}; known are *, ${[...OPERATIONS.keys()].join(', ')}`,
  );
}
