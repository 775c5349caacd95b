import { detectAttributes } from './detectors/detect-attributes.js';
import type { Diagnostics } from './diagnostics.js';
import type { EntityOption } from './entity.js';
import { entitySources } from './entity-sources.js';
import { platformMapping } from './platform-mappings.js';
import { type EntitySource, type ResolvedEntity, resolveEntity } from './resolve-entity.js';
import type { RuntimeEnvironment } from './runtime-environment.js';
import type { ServiceOptions } from './user-source.js';

/** The identity of this process. */
export interface DetectedIdentity extends ResolvedEntity {
  /**
   * Identifies this instance of the program: the ECS task id, pod name, EC2 instance id, Lambda log stream or host
   * name.
   */
  readonly instance: string;
  /** Explanations of the result that are not problems, one sentence each. */
  readonly notes: readonly string[];
}

/** The identity, and what it was chosen from. */
export interface ExplainedIdentity extends DetectedIdentity {
  /** All that named the service or its environment, in order of precedence. */
  readonly sources: readonly EntitySource[];
}

/**
 * Detects the identity of this process from the options, the environment variables, metadata services and files. It
 * rejects only if the working directory does not exist.
 * @param signal aborts the detection; what is known by then is used
 */
export async function detectIdentity(
  options: ServiceOptions & { readonly entity: EntityOption | false | undefined },
  runtime: RuntimeEnvironment,
  signal: AbortSignal,
): Promise<ExplainedIdentity> {
  const diagnostics: Diagnostics = { problems: [], notes: [] };
  const detected = await detectAttributes(runtime, signal, diagnostics);
  const { instance: pickInstance, unspecific } = platformMapping(detected);
  const instance = pickInstance(detected)?.value ?? runtime.hostname;
  const sources = entitySources(options, detected);
  const resolved = resolveEntity(options.entity, sources);
  const problems = [...diagnostics.problems, ...resolved.problems];
  if (unspecific && resolved.template?.environment === unspecific.environment)
    problems.push(unspecific.problem);
  return { ...resolved, problems, notes: diagnostics.notes, instance, sources };
}
