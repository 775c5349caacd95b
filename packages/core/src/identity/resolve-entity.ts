import { type Entity, type EntityOption, KEY_ATTRIBUTES_BY_TYPE } from './entity.js';
import type { EntityTemplate } from './entity-for-service.js';
import type { ResourceAttribute } from './resource-attributes.js';
import { isAttribute, isKeyValue, MAX_ATTRIBUTES } from './validate-entity.js';

/** The source of a service's name, in the terms of the CloudWatch agent. */
export type ServiceNameSource =
  | 'UserConfiguration'
  | 'Instrumentation'
  | 'K8sWorkload'
  | 'ResourceTags'
  | 'ClientIamRole'
  | 'Unknown';

/** What one source (options, OpenTelemetry variables, the platform, the host) knows about the service. */
export interface EntitySource {
  /** Without `source` if AWS has no term for it. */
  readonly serviceName?:
    | (ResourceAttribute & { readonly source?: ServiceNameSource | undefined })
    | undefined;
  readonly environment?: ResourceAttribute | undefined;
  readonly attributes?: Readonly<Record<string, ResourceAttribute>> | undefined;
}

export interface ResolvedEntity {
  /** undefined: events are sent without an entity. */
  readonly entity: Entity | undefined;
  /** The entity without a name, for records that name their service. undefined: those have no entity either. */
  readonly template: EntityTemplate | undefined;
  /** The source of each key attribute (except `Type`) and of each attribute. */
  readonly origins: Readonly<Record<string, string>>;
  /** Detected values that cannot be used, one sentence each. */
  readonly problems: readonly string[];
}

const USER = 'UserConfiguration';

/**
 * Derives the entity from what the user gave and from the sources, in order of precedence. The name and the environment
 * each come from the first source that has one. Without a name there is no entity, since a shared `unknown_service`
 * would merge unrelated programs.
 */
export function resolveEntity(
  given: EntityOption | false | undefined,
  sources: readonly EntitySource[],
): ResolvedEntity {
  const problems: string[] = [];
  const none = { entity: undefined, template: undefined, origins: {}, problems };
  if (given === false) return none;
  const usable = sources.map((source) => withoutUnusable(source, problems));
  const environment = usable.find((source) => source.environment !== undefined)?.environment;
  if (given !== undefined) return { ...resolveGiven(given, environment), problems };
  const name = usable.find((source) => source.serviceName !== undefined)?.serviceName;
  if (environment === undefined) return none;
  const found = mergeAttributes([...usable, nameSource(name)], problems);
  const attributes = mapValues(found, ({ value }) => value);
  const template = { environment: environment.value.trim(), attributes };
  if (name === undefined) return { ...none, template };
  return {
    entity: {
      keyAttributes: { Type: 'Service', Name: name.value.trim(), Environment: template.environment },
      attributes,
    },
    template,
    origins: {
      Name: name.from,
      Environment: environment.from,
      ...mapValues(found, ({ from }) => from),
    },
    problems,
  };
}

function nameSource(name: EntitySource['serviceName']): EntitySource {
  if (name?.source === undefined) return {};
  return { attributes: { 'AWS.ServiceNameSource': { value: name.source, from: name.from } } };
}

/** For an entity that the user gave. Its fields were checked with the options. */
function resolveGiven(
  given: EntityOption,
  detected: ResourceAttribute | undefined,
): Omit<ResolvedEntity, 'problems'> {
  const { type = 'Service', resourceType, identifier, name, environment } = given;
  const values: Readonly<Record<string, string | undefined>> = {
    Type: type,
    ResourceType: resourceType,
    Identifier: identifier,
    Name: name,
    Environment: environment ?? detected?.value,
  };
  const keyAttributes: Record<string, string> = {};
  for (const key of KEY_ATTRIBUTES_BY_TYPE[type]) {
    const value = values[key];
    if (value !== undefined) keyAttributes[key] = value.trim();
  }
  const attributes = Object.entries(given.attributes ?? {}).map(([key, value]) => [key.trim(), value.trim()]);
  const entity: Entity = { keyAttributes, attributes: Object.fromEntries(attributes) };
  const { Type: _, ...origins } = mapValues({ ...keyAttributes, ...entity.attributes }, () => USER);
  if (type === 'Service' && environment === undefined && detected !== undefined)
    origins.Environment = detected.from;
  const { Environment } = keyAttributes;
  const template =
    Environment === undefined ? undefined : { environment: Environment, attributes: entity.attributes };
  return { entity, template, origins };
}

/** Leaves out detected values that the service would reject. What the user gave was checked before. */
function withoutUnusable(source: EntitySource, problems: string[]): EntitySource {
  const usable = (what: string, attribute: ResourceAttribute | undefined) => {
    if (attribute === undefined || isKeyValue(attribute.value)) return true;
    problems.push(`The ${what} from ${attribute.from} is ignored: it must be 1 to 512 ASCII characters.`);
    return false;
  };
  return {
    ...(usable('service name', source.serviceName) && { serviceName: source.serviceName }),
    ...(usable('environment', source.environment) && { environment: source.environment }),
    attributes: source.attributes,
  };
}

/** The first ten attributes. Of several with one key, the first counts. */
function mergeAttributes(
  sources: readonly EntitySource[],
  problems: string[],
): Record<string, ResourceAttribute> {
  const merged = new Map<string, ResourceAttribute>();
  const tooMany: string[] = [];
  for (const { attributes = {} } of sources) {
    for (const [key, { value, from }] of Object.entries(attributes)) {
      if (merged.has(key)) continue;
      if (!isAttribute(key, value))
        problems.push(`The attribute ${key} from ${from} is ignored: it must be 1 to 512 characters.`);
      else if (merged.size === MAX_ATTRIBUTES) tooMany.push(key);
      else merged.set(key, { value: value.trim(), from });
    }
  }
  if (tooMany.length > 0)
    problems.push(
      `An entity has at most ${MAX_ATTRIBUTES} attributes, so these are ignored: ${tooMany.join(', ')}.`,
    );
  return Object.fromEntries(merged);
}

function mapValues<T, R>(values: Readonly<Record<string, T>>, map: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]));
}
