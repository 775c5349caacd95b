import { isAttribute, isKeyValue, MAX_ATTRIBUTES } from './check.js';
import { type Entity, type EntityOption, KEY_ATTRIBUTES_BY_TYPE } from './entity.js';

/** How a service got its name, in the words of the CloudWatch agent. */
type ServiceNameSource = 'UserConfiguration' | 'Instrumentation';

/** What one place (options, OpenTelemetry variables, the platform, the host) knows about the service. */
export interface EntitySource {
  readonly serviceName?: { readonly value: string; readonly source: ServiceNameSource } | undefined;
  readonly environment?: string | undefined;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}

export interface ResolvedEntity {
  /** undefined: the events are sent without an entity. */
  readonly entity: Entity | undefined;
  /** What was found and could not be used, a sentence each. */
  readonly problems: readonly string[];
}

/**
 * Derives the entity from what the user gave and from the sources, best first: the name and the environment
 * each from the first source that has one. Without a name there is no entity: a shared `unknown_service` would
 * merge programs that have nothing to do with each other.
 */
export function resolveEntity(
  given: EntityOption | false | undefined,
  sources: readonly EntitySource[],
): ResolvedEntity {
  if (given === false) return { entity: undefined, problems: [] };
  const problems: string[] = [];
  const usable = sources.map((source) => withoutUnusable(source, problems));
  const environment = usable.find((source) => source.environment !== undefined)?.environment;
  if (given !== undefined) {
    const attributes = mergeAttributes([{ attributes: given.attributes }]);
    return { entity: { keyAttributes: keyAttributesOf(given, environment), attributes }, problems };
  }
  const name = usable.find((source) => source.serviceName !== undefined)?.serviceName;
  if (name === undefined || environment === undefined) return { entity: undefined, problems };
  const nameSource = { attributes: { 'AWS.ServiceNameSource': name.source } };
  return {
    entity: {
      keyAttributes: { Type: 'Service', Name: name.value.trim(), Environment: environment.trim() },
      attributes: mergeAttributes([...usable, nameSource]),
    },
    problems,
  };
}

/** The key attributes of an entity whose fields were checked when they were given. */
function keyAttributesOf(given: EntityOption, foundEnvironment: string | undefined): Record<string, string> {
  const type = given.type ?? 'Service';
  const values: Record<string, string | undefined> = {
    Type: type,
    ResourceType: given.resourceType,
    Identifier: given.identifier,
    Name: given.name,
    Environment: given.environment ?? foundEnvironment,
  };
  const keyAttributes: Record<string, string> = {};
  for (const key of KEY_ATTRIBUTES_BY_TYPE[type]) {
    const value = values[key];
    if (value !== undefined) keyAttributes[key] = value.trim();
  }
  return keyAttributes;
}

/** What the user says is checked before; what is found is left out where the service would refuse it. */
function withoutUnusable(source: EntitySource, problems: string[]): EntitySource {
  const usable = (what: string, value: string | undefined) => {
    if (value === undefined || isKeyValue(value)) return true;
    problems.push(`the ${what} that was found is not 1 to 512 characters of ASCII, and was left out`);
    return false;
  };
  return {
    ...(usable('service name', source.serviceName?.value) && { serviceName: source.serviceName }),
    ...(usable('environment', source.environment) && { environment: source.environment }),
    attributes: source.attributes,
  };
}

/** The first ten attributes; the first of a name counts. */
function mergeAttributes(sources: readonly EntitySource[]): Record<string, string> {
  const merged = new Map<string, string>();
  for (const { attributes = {} } of sources) {
    for (const [given, value] of Object.entries(attributes)) {
      if (merged.size === MAX_ATTRIBUTES) break;
      const key = given.trim();
      if (isAttribute(key, value) && !merged.has(key)) merged.set(key, value.trim());
    }
  }
  return Object.fromEntries(merged);
}
