import type { Destination } from '../contracts/destination.js';
import type { Entity } from '../identity/entity.js';
import { isKeyValue } from '../identity/validate-entity.js';
import type { Reporter } from '../reporting/reporter.js';
import type { Clock } from '../util/clock.js';
import { DestinationCache } from './destination-cache.js';
import { sanitizeGroupName } from './group-name.js';
import { RecordFields } from './record-fields.js';
import { sanitizeStreamName } from './stream-name.js';
import { type FieldValues, fieldsIn } from './template.js';

/** Chooses the destination of a record from its text. */
export type Router = (message: string | Buffer) => Destination;

export interface RouterOptions {
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly serviceField: string | undefined;
  readonly maxLogStreams: number;
}

/** What the records of one destination have in common. */
export interface Route {
  readonly groupFields: FieldValues;
  readonly streamFields: FieldValues;
  /** The entity of these records; undefined if it is unknown so far, or none. */
  readonly entity: () => Entity | undefined;
}

/** Creates destinations, and returns the same one for the same key. */
export interface RouteDestinations {
  /**
   * @param key equal exactly for equal routes
   * @param routeOf called for a new key
   */
  own(key: readonly unknown[], routeOf: () => Route): Destination;
}

/** The entities of this process and of services that records name. */
export interface EntityProvider {
  readonly entity: Entity | undefined;
  entityOf(service: string): Entity | undefined;
}

/**
 * Replaces each field in the names of the overflow log group and log stream. Field values contain no slash, so no record has
 * these as its own.
 */
const OVERFLOW = '/overflow';

/** Whether the destination of a record depends on its fields. */
function readsRecords(options: Omit<RouterOptions, 'maxLogStreams'>): boolean {
  const { logGroupName, logStreamName, serviceField } = options;
  return serviceField !== undefined || fieldsIn(logGroupName + logStreamName).length > 0;
}

export function createRouter(
  options: RouterOptions,
  destinations: RouteDestinations,
  identity: EntityProvider,
  reporter: Reporter,
  clock: Clock,
): Router {
  const { serviceField, maxLogStreams } = options;
  const names = { group: fieldsIn(options.logGroupName), stream: fieldsIn(options.logStreamName) };
  const fields = [...names.group, ...names.stream];
  const own = (values: readonly (string | undefined)[], service?: string) =>
    destinations.own([values, service], () =>
      routeOf(names, values.map(copyString), copyString(service), identity),
    );
  if (!readsRecords(options)) {
    const only = own([]);
    return () => only;
  }
  const recordFields = new RecordFields(serviceField === undefined ? fields : [...fields, serviceField]);
  const cache = new DestinationCache<Destination>(maxLogStreams, clock);
  let overflow: Destination | undefined;
  const overflowDestination = () => {
    if (overflow === undefined) reporter.problem('log-streams', tooManyMessage(maxLogStreams));
    overflow ??= own(fields.map(() => OVERFLOW));
    return overflow;
  };
  return (message) => {
    const texts = recordFields.read(message);
    const service = serviceField === undefined ? undefined : serviceName(texts.pop());
    const values = texts.map((text, i) =>
      nameSegment(text, i < names.group.length ? sanitizeGroupName : sanitizeStreamName),
    );
    return cache.get(keyOf(values, service), () => own(values, service)) ?? overflowDestination();
  };
}

/** Neither a segment of a name nor a service is empty, or contains a control character. */
function keyOf(values: readonly (string | undefined)[], service: string | undefined): string {
  return [...values, service].join('\0');
}

function tooManyMessage(max: number): string {
  return `Records name more than maxLogStreams (${max}) log streams and services at once. Records that name further ones go to one log stream. In its name and that of its log group "${OVERFLOW}" replaces each field, and its entity is that of the process. Use fields with fewer values in logGroupName, logStreamName and serviceField, or raise maxLogStreams.`;
}

/** Not a closure of the router: that would keep the first record of each destination in memory. */
function routeOf(
  { group, stream }: { readonly group: readonly string[]; readonly stream: readonly string[] },
  values: readonly (string | undefined)[],
  service: string | undefined,
  identity: EntityProvider,
): Route {
  return {
    groupFields: new Map(group.map((field, i) => [field, values[i]])),
    streamFields: new Map(stream.map((field, i) => [field, values[group.length + i]])),
    entity: () => (service === undefined ? identity.entity : identity.entityOf(service)),
  };
}

/** A substring keeps the whole text in memory; a copy does not. */
function copyString(text: string | undefined): string | undefined {
  return text === undefined ? undefined : Buffer.from(text).toString();
}

/**
 * A field's value as a segment of a name. It is sanitized here already, so that a destination keeps no
 * more of a record than a name may contain. Slashes are replaced, so that a value cannot imitate several segments.
 */
function nameSegment(text: string | undefined, sanitize: (name: string) => string): string | undefined {
  return text === undefined ? undefined : sanitize(text.replaceAll('/', '_'));
}

function serviceName(text: string | undefined): string | undefined {
  return isKeyValue(text) ? text.trim() : undefined;
}
