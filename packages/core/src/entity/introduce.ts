import { detect } from './detect.js';
import type { EntityOption } from './entity.js';
import type { Place } from './place.js';
import { platformOf } from './platforms.js';
import { type ResolvedEntity, resolveEntity } from './resolve.js';
import { entitySources } from './sources.js';
import type { UserNames } from './user.js';

/** What a process can say of itself. */
export interface Introduction extends ResolvedEntity {
  /** What tells it from its likes: an ECS task's id, a pod's name, an EC2 instance's id, the name of the host. */
  readonly instance: string;
}

/** Looks around, and says who this process is. Never rejects. @param signal ends the search */
export async function introduce(
  user: UserNames & { readonly entity: EntityOption | false | undefined },
  place: Place,
  signal: AbortSignal,
): Promise<Introduction> {
  const facts = await detect(place, signal);
  const instance = platformOf(facts).instance(facts)?.value ?? place.hostname;
  return { ...resolveEntity(user.entity, entitySources(user, facts)), instance };
}
