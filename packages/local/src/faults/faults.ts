import { AWS_JSON, type Reply, TOO_LARGE } from '../http/protocol.js';
import { logStreamArn } from '../operations/arn.js';
import { OPERATIONS } from '../operations/operations.js';
import { accessDenied, invalidParameter, invalidSignature, Refusal } from '../refusal/refusal.js';

/** What a fault's answer quotes of the request. */
interface RequestNames {
  readonly operation: string;
  readonly logGroupName?: string;
  readonly logStreamName?: string;
}

/** Faults that answer with an error of the service. The request has no effect. */
const REFUSALS = {
  throttle: () => new Refusal('ThrottlingException', 'Rate exceeded'),
  error500: () => new Refusal('ServiceUnavailableException', 'The service cannot complete the request.', 500),
  error503: () => new Refusal('ServiceUnavailableException', 'The service cannot complete the request.', 503),
  aborted: () =>
    new Refusal(
      'OperationAbortedException',
      'A conflicting operation is currently in progress against this resource. Please try again.',
    ),
  accessDenied: ({ operation, logGroupName = '*', logStreamName = '' }: RequestNames) =>
    accessDenied(operation, logStreamArn(logGroupName, logStreamName), false),
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
} as const satisfies Record<string, (request: RequestNames) => Refusal>;

const POISON = () =>
  invalidParameter(
    "1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member must satisfy a constraint that AWS does not document",
  );

const html = (status: number, title: string): Reply => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: `<!doctype html><html><body><h1>${title}</h1></body></html>`,
});

/** Faults that answer like a proxy, without a request id. The request has no effect. */
const PAGES = {
  html502: html(502, 'Bad Gateway'),
  html200: html(200, 'Sign in to this network'),
  noRequestId: { status: 200, headers: { 'content-type': AWS_JSON }, body: '{}' },
  tooLarge413: TOO_LARGE,
} as const satisfies Record<string, Reply>;

type RefusalKind = keyof typeof REFUSALS;
type PageKind = keyof typeof PAGES;

/** Faults of the connection. The request has an effect with `lostAnswer`, but not with the others. */
const CONNECTION_FAULTS = ['reset', 'hang', 'lostAnswer'] as const;
/** Late answers: the request has its effect at once. `drip` sends the headers at once. */
const DELAYS = ['slow', 'drip'] as const;

/** The requests that a fault affects. Without `times` and `share`: all, until the fault is removed. */
export interface Scope {
  /** An operation that this service implements, or '*' for all. Default: PutLogEvents. */
  readonly operation?: string;
  /** The fault ends after this many requests. */
  readonly times?: number;
  /** The share of requests that it affects, over 0 and up to 1. Default: 1. */
  readonly share?: number;
}

/** What goes wrong, and for which requests. Only the first fault that matches a request applies. */
export type Fault = Scope &
  (
    | { readonly kind: RefusalKind | PageKind | (typeof CONNECTION_FAULTS)[number] }
    | { readonly kind: (typeof DELAYS)[number]; readonly delayMs: number }
    | { readonly kind: 'entityRejected'; readonly errorType: string }
    /** Refuses each request that contains this text, as if one event were never accepted. */
    | { readonly kind: 'poison'; readonly text: string }
  );

const KINDS: ReadonlySet<string> = new Set([
  ...Object.keys(REFUSALS),
  ...Object.keys(PAGES),
  ...CONNECTION_FAULTS,
  ...DELAYS,
  'entityRejected',
  'poison',
]);

/** Throws or returns the answer of a fault. Returns undefined for faults that let the service answer. */
export function applyFault(fault: Fault, request: RequestNames): Reply | undefined {
  if (fault.kind === 'poison') throw POISON();
  if (isKey(REFUSALS, fault.kind)) throw REFUSALS[fault.kind](request);
  if (isKey(PAGES, fault.kind)) return PAGES[fault.kind];
  return undefined;
}

const isKey = <T extends object>(table: T, key: PropertyKey): key is keyof T => Object.hasOwn(table, key);

/** A fault that is active. */
export interface ActiveFault {
  readonly id: number;
  readonly fault: Fault;
  /** How many more requests it affects; absent if it has no `times`. */
  readonly left?: number;
}

/** The active faults. */
export class Faults {
  readonly #active = new Map<number, { readonly given: Fault; readonly fault: Fault; left: number }>();
  readonly #random: () => number;
  readonly #onChange: () => void;
  #lastId = 0;

  constructor(random: () => number, onChange: () => void) {
    this.#random = random;
    this.#onChange = onChange;
  }

  /** Adds a fault. @returns removes it @throws {TypeError} if the fault is invalid */
  add(fault: Fault): () => void {
    checkFault(fault);
    const id = ++this.#lastId;
    this.#active.set(id, { given: fault, fault: { ...fault }, left: fault.times ?? Infinity });
    this.#onChange();
    return () => void this.remove(id);
  }

  /** @returns whether there was such a fault */
  remove(id: number): boolean {
    const existed = this.#active.delete(id);
    this.#onChange();
    return existed;
  }

  /** Removes these faults, given as they were added. */
  removeGiven(faults: readonly Fault[]): void {
    for (const [id, { given }] of this.#active) if (faults.includes(given)) this.remove(id);
  }

  clear(): void {
    this.#active.clear();
    this.#onChange();
  }

  /** Whether one of these faults, given as they were added, is active. */
  includesGiven(faults: readonly Fault[]): boolean {
    return [...this.#active.values()].some(({ given }) => faults.includes(given));
  }

  list(): readonly ActiveFault[] {
    return [...this.#active].map(([id, { fault, left }]) => ({
      id,
      fault,
      ...(left < Infinity && { left }),
    }));
  }

  /** The fault that applies to a request, if any. Faults of an entity or a text skip requests without it. */
  take(operation: string, hasEntity: boolean, contains: (text: string) => boolean): Fault | undefined {
    for (const [id, entry] of this.#active) {
      const { operation: wanted = 'PutLogEvents', share = 1, kind } = entry.fault;
      if (wanted !== '*' && wanted !== operation) continue;
      if (kind.startsWith('entity') && !hasEntity) continue;
      if (entry.fault.kind === 'poison' && !contains(entry.fault.text)) continue;
      if (share < 1 && this.#random() >= share) continue;
      if (--entry.left === 0) this.remove(id);
      return entry.fault;
    }
    return undefined;
  }
}

/** Faults also arrive as JSON over HTTP, so all types are checked. */
function checkFault(given: unknown): asserts given is Fault {
  if (typeof given !== 'object' || given === null) throw new TypeError('a fault is an object');
  const { kind, operation, times, share, delayMs, errorType, text, ...unknown }: Record<string, unknown> = {
    ...given,
  };
  const [unknownField] = Object.keys(unknown);
  if (unknownField !== undefined) throw new TypeError(`a fault has no '${unknownField}'`);
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
    throw new TypeError('entityRejected needs an errorType, which no other fault takes');
  }
  if (kind === 'poison' ? typeof text !== 'string' || text === '' : text !== undefined) {
    throw new TypeError('poison needs a text, which no other fault takes');
  }
}

/** A fault with a misspelled operation would never apply, and a test with it would prove nothing. */
function checkOperation(name: unknown): void {
  if (name === undefined || name === '*') return;
  if (typeof name === 'string' && OPERATIONS.has(name)) return;
  throw new TypeError(
    `unknown operation: ${String(name)}; known are *, ${[...OPERATIONS.keys()].join(', ')}`,
  );
}
