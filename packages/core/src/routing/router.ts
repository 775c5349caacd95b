import type { Entity } from '../identity/entity.js';
import { isKeyValue } from '../identity/validate-entity.js';
import type { Reporter } from '../reporting/reporter.js';
import type { Clock } from '../util/clock.js';
import { DestinationCache } from './destination-cache.js';
import { parseRecord, textIn, topName } from './record-fields.js';
import { type FieldValues, sanitizeStreamName } from './stream-name.js';
import { fieldsIn } from './template.js';

/** Chooses the destination of a record by its text. */
export type Router<D> = (message: string | Buffer) => D;

export interface RouterOptions {
  readonly logStreamName: string;
  readonly serviceField: string | undefined;
  readonly maxLogStreams: number;
}

/** What distinguishes the records of one destination from those of another. */
export interface Route {
  readonly fields: FieldValues;
  /** The entity of these records, as far as it is known by now. */
  readonly entity: () => Entity | undefined;
}

/** Makes destinations, and remembers them. */
export interface RouteDestinations<D> {
  /**
   * @param key equal for equal routes only
   * @param routeOf is called for an unknown key
   */
  own(key: readonly unknown[], routeOf: () => Route): D;
}

/** The entity of this process, and of services that records name. */
export interface EntityProvider {
  readonly entity: Entity | undefined;
  entityOf(service: string): Entity | undefined;
}

/**
 * In the place of each field, in the name of the stream for records that no place is left for. With a slash, which no field's
 * value keeps: no record has this stream for its own.
 */
const OVERFLOW = '/overflow';

/** Whether records are looked into. Where that is not asked for they are not: it costs more than all the rest. */
export function readsRecords({ logStreamName, serviceField }: Omit<RouterOptions, 'maxLogStreams'>): boolean {
  return serviceField !== undefined || fieldsIn(logStreamName).length > 0;
}

export function createRouter<D>(
  options: RouterOptions,
  destinations: RouteDestinations<D>,
  identity: EntityProvider,
  reporter: Reporter,
  clock: Clock,
): Router<D> {
  const { serviceField, maxLogStreams } = options;
  const fields = fieldsIn(options.logStreamName);
  const own = (values: readonly (string | undefined)[], service?: string) =>
    destinations.own([values, service], () =>
      routeOf(fields, values.map(copyString), copyString(service), identity),
    );
  if (!readsRecords(options)) {
    const only = own([]);
    return () => only;
  }
  const names = [...fields, ...(serviceField === undefined ? [] : [serviceField])].map(topName);
  const cache = new DestinationCache<D>(maxLogStreams, clock);
  let overflow: D | undefined;
  const overflowing = () => {
    if (overflow === undefined) reporter.problem('log-streams', tooMany(maxLogStreams));
    overflow ??= own(fields.map(() => OVERFLOW));
    return overflow;
  };
  return (message) => {
    const record = parseRecord(message.toString(), names);
    const values = fields.map((field) => partOfName(textIn(record, field)));
    const service = serviceField === undefined ? undefined : serviceName(textIn(record, serviceField));
    return cache.get(JSON.stringify([values, service]), () => own(values, service)) ?? overflowing();
  };
}

function tooMany(max: number): string {
  return `Records name more than maxLogStreams (${max}) log streams and services at once. Those of further ones go to one log stream, in whose name "${OVERFLOW}" stands for each field, with the entity of the process. Choose fields of fewer values for logStreamName and serviceField, or raise maxLogStreams.`;
}

/** On its own: a closure in the router would keep the record of the first event of each target in memory. */
function routeOf(
  fields: readonly string[],
  values: readonly (string | undefined)[],
  service: string | undefined,
  identity: EntityProvider,
): Route {
  return {
    fields: new Map(fields.map((field, i) => [field, values[i]])),
    entity: () => (service === undefined ? identity.entity : identity.entityOf(service)),
  };
}

/** A copy: what was cut out of a text keeps all of it in memory. */
function copyString(text: string | undefined): string | undefined {
  return text === undefined ? undefined : Buffer.from(text).toString();
}

/**
 * Made legal alone already: what is known of a target holds no more of a record than a name may. Without a slash: what
 * stands between two is one field's, and no value reaches into another's place.
 */
function partOfName(text: string | undefined): string | undefined {
  return text === undefined ? undefined : sanitizeStreamName(text.replaceAll('/', '_'));
}

function serviceName(text: string | undefined): string | undefined {
  return isKeyValue(text) ? text.trim() : undefined;
}
