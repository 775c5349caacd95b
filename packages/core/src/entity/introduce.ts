import { detect } from './detect.js';
import type { EntityOption } from './entity.js';
import type { Place } from './place.js';
import { platformOf } from './platforms.js';
import type { Remarks } from './remarks.js';
import { type ResolvedEntity, resolveEntity } from './resolve.js';
import { entitySources } from './sources.js';
import type { UserNames } from './user.js';

/** The identity of this process. */
export interface Introduction extends ResolvedEntity {
  /** Tells this copy of the program from others: the ECS task id, the pod's name, the EC2 instance id or the host name. */
  readonly instance: string;
  /** Explanations that are no problem, one sentence each. */
  readonly notes: readonly string[];
}

/** Detects the identity of this process. Never rejects. @param signal ends the search */
export async function introduce(
  user: UserNames & { readonly entity: EntityOption | false | undefined },
  place: Place,
  signal: AbortSignal,
): Promise<Introduction> {
  const remarks: Remarks = { problems: [], notes: [] };
  const facts = await detect(place, signal, remarks);
  const { instance: pickInstance, remedy } = platformOf(facts);
  const instance = pickInstance(facts)?.value ?? place.hostname;
  const resolved = resolveEntity(user.entity, entitySources(user, facts));
  const problems = [...remarks.problems, ...resolved.problems];
  if (remedy && resolved.unnamed?.environment === remedy.environment) problems.push(remedy.text);
  return { ...resolved, problems, notes: remarks.notes, instance };
}
