import type { Destination } from '../contracts/destination.js';
import type { ChosenNames } from '../contracts/transform.js';
import type { Entity } from '../identity/entity.js';
import type { Reporter } from '../reporting/reporter.js';
import type { Clock } from '../util/clock.js';
import { DestinationCache } from './destination-cache.js';
import { FieldRoutes, joinKey, type TemplateFields, type Value } from './field-routes.js';
import { sanitizeGroupName } from './group-name.js';
import { sanitizeStreamName } from './stream-name.js';
import { type FieldValues, fieldsIn } from './template.js';

/** Chooses the destination of a record from its text as it was logged, and from names that the user's functions chose. */
export type Router = (message: string | Buffer, names?: ChosenNames) => Destination;

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
  /** Undefined: the name is made from the template. */
  readonly logGroupName: string | undefined;
  readonly logStreamName: string | undefined;
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
  const templates = { group: fieldsIn(options.logGroupName), stream: fieldsIn(options.logStreamName) };
  const own = (values: readonly Value[], service?: string, names = NO_NAMES) =>
    destinations.own([values, service, names.logGroupName, names.logStreamName], () =>
      routeOf(templates, values.map(copyString), copyString(service), names, identity),
    );
  const only = readsRecords(options) ? undefined : own([]);
  const fieldRoutes = new FieldRoutes(templates, serviceField, maxLogStreams);
  const cache = new DestinationCache<Destination>(maxLogStreams, clock);
  let overflow: Destination | undefined;
  const overflowDestination = () => {
    if (overflow === undefined) reporter.problem('log-streams', tooManyMessage(maxLogStreams));
    overflow ??= own([...templates.group, ...templates.stream].map(() => OVERFLOW));
    return overflow;
  };
  return (message, chosen) => {
    const names = chosen === undefined ? NO_NAMES : acceptable(chosen);
    if (only !== undefined && names === NO_NAMES) return only;
    const { values, service, key: fieldKey } = fieldRoutes.of(message);
    const key = names === NO_NAMES ? fieldKey : joinKey([fieldKey, names.logGroupName, names.logStreamName]);
    return cache.get(key, () => own(values, service, names)) ?? overflowDestination();
  };
}

const NO_NAMES: ChosenNames = { logGroupName: undefined, logStreamName: undefined };

/** The names without what the service does not accept. */
function acceptable({ logGroupName, logStreamName }: ChosenNames): ChosenNames {
  if (logGroupName === undefined && logStreamName === undefined) return NO_NAMES;
  return {
    logGroupName: nonEmpty(logGroupName && sanitizeGroupName(logGroupName)),
    logStreamName: nonEmpty(logStreamName && sanitizeStreamName(logStreamName)),
  };
}

/** Nothing may be left of a name. */
function nonEmpty(name: Value): Value {
  return name === '' ? undefined : name;
}

function tooManyMessage(max: number): string {
  return `Records name more than maxLogStreams (${max}) log streams and services at once. Records that name further ones go to one log stream, as the options name it. In its name and that of its log group "${OVERFLOW}" replaces each field, and its entity is that of the process. Use fields and functions with fewer values for logGroupName, logStreamName and serviceField, or raise maxLogStreams.`;
}

/** Not a closure of the router: that would keep the first record of each destination in memory. */
function routeOf(
  { group, stream }: TemplateFields,
  values: readonly Value[],
  service: Value,
  { logGroupName, logStreamName }: ChosenNames,
  identity: EntityProvider,
): Route {
  return {
    logGroupName: copyString(logGroupName),
    logStreamName: copyString(logStreamName),
    groupFields: new Map(group.map((field, i) => [field, values[i]])),
    streamFields: new Map(stream.map((field, i) => [field, values[group.length + i]])),
    entity: () => (service === undefined ? identity.entity : identity.entityOf(service)),
  };
}

/** A substring keeps the whole text in memory; a copy does not. */
function copyString(text: string | undefined): string | undefined {
  return text === undefined ? undefined : Buffer.from(text).toString();
}
