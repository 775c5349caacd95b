import { detect } from './detect.js';
import type { EntityOption } from './entity.js';
import type { Place } from './place.js';
import { platformOf } from './platforms.js';
import type { Remarks } from './remarks.js';
import { type ResolvedEntity, resolveEntity } from './resolve.js';
import { entitySources } from './sources.js';
import type { UserNames } from './user.js';

/** What a process can say of itself. */
export interface Introduction extends ResolvedEntity {
  /** What tells it from its likes: an ECS task's id, a pod's name, an EC2 instance's id, the name of the host. */
  readonly instance: string;
  /** What explains what was found and is no problem, a sentence each. */
  readonly notes: readonly string[];
}

/** Looks around, and says who this process is. Never rejects. @param signal ends the search */
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
