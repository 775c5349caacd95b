import type { Clock } from './clock.js';
import type { Config } from './config/options.js';
import type { Sender } from './delivery/sender.js';
import type { Route, Senders } from './delivery/senders.js';
import { legal } from './delivery/stream-name.js';
import { Destinations } from './destinations.js';
import { isKeyValue } from './entity/check.js';
import type { Identity } from './identity.js';
import { parseRecord, textIn, topName } from './record.js';
import type { Reporter } from './report.js';
import { fieldsIn } from './template.js';

/** Which sender a record goes to, by its text. */
export type Router = (message: string | Buffer) => Sender;

/**
 * In the place of each field, in the name of the stream for records that no place is left for. With a slash, which no field's
 * value keeps: no record has this stream for its own.
 */
const OVERFLOW = '/overflow';

/** Whether records are looked into. Where that is not asked for they are not: it costs more than all the rest. */
export function readsRecords({ logStreamName, serviceField }: Config): boolean {
  return serviceField !== undefined || fieldsIn(logStreamName).length > 0;
}

export function createRouter(
  config: Config,
  senders: Senders,
  identity: Identity,
  reporter: Reporter,
  clock: Clock,
): Router {
  const { serviceField, maxLogStreams } = config;
  const fields = fieldsIn(config.logStreamName);
  const own = (values: readonly (string | undefined)[], service?: string) =>
    senders.own([values, service], () => routeOf(fields, values.map(alone), alone(service), identity));
  if (!readsRecords(config)) {
    const only = own([]);
    return () => only;
  }
  const names = [...fields, ...(serviceField === undefined ? [] : [serviceField])].map(topName);
  const destinations = new Destinations<Sender>(maxLogStreams, clock);
  let overflow: Sender | undefined;
  const overflowing = () => {
    if (overflow === undefined) reporter.problem('log-streams', tooMany(maxLogStreams));
    overflow ??= own(fields.map(() => OVERFLOW));
    return overflow;
  };
  return (message) => {
    const record = parseRecord(message.toString(), names);
    const values = fields.map((field) => partOfName(textIn(record, field)));
    const service = serviceField === undefined ? undefined : serviceName(textIn(record, serviceField));
    return destinations.get(JSON.stringify([values, service]), () => own(values, service)) ?? overflowing();
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
  identity: Identity,
): Route {
  return {
    fields: new Map(fields.map((field, i) => [field, values[i]])),
    entity: () => (service === undefined ? identity.entity : identity.entityOf(service)),
  };
}

/** A copy: what was cut out of a text keeps all of it in memory. */
function alone(text: string | undefined): string | undefined {
  return text === undefined ? undefined : Buffer.from(text).toString();
}

/**
 * Made legal alone already: what is known of a target holds no more of a record than a name may. Without a slash: what
 * stands between two is one field's, and no value reaches into another's place.
 */
function partOfName(text: string | undefined): string | undefined {
  return text === undefined ? undefined : legal(text.replaceAll('/', '_'));
}

function serviceName(text: string | undefined): string | undefined {
  return isKeyValue(text) ? text.trim() : undefined;
}
