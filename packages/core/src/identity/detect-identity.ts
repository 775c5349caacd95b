import { detect } from './detectors/detect.js';
import type { Diagnostics } from './diagnostics.js';
import type { EntityOption } from './entity.js';
import { entitySources } from './entity-sources.js';
import { platformOf } from './platform-mappings.js';
import { type ResolvedEntity, resolveEntity } from './resolve-entity.js';
import type { RuntimeEnvironment } from './runtime-environment.js';
import type { UserNames } from './user-source.js';

/** The identity of this process. */
export interface DetectedIdentity extends ResolvedEntity {
  /** Tells this copy of the program from others: the ECS task id, the pod's name, the EC2 instance id or the host name. */
  readonly instance: string;
  /** Explanations that are no problem, one sentence each. */
  readonly notes: readonly string[];
}

/** Detects the identity of this process. Never rejects. @param signal ends the search */
export async function detectIdentity(
  user: UserNames & { readonly entity: EntityOption | false | undefined },
  place: RuntimeEnvironment,
  signal: AbortSignal,
): Promise<DetectedIdentity> {
  const diagnostics: Diagnostics = { problems: [], notes: [] };
  const facts = await detect(place, signal, diagnostics);
  const { instance: pickInstance, remedy } = platformOf(facts);
  const instance = pickInstance(facts)?.value ?? place.hostname;
  const resolved = resolveEntity(user.entity, entitySources(user, facts));
  const problems = [...diagnostics.problems, ...resolved.problems];
  if (remedy && resolved.template?.environment === remedy.environment) problems.push(remedy.text);
  return { ...resolved, problems, notes: diagnostics.notes, instance };
}
