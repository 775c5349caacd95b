import { invalidParameter } from '../http/refusal.js';
import type { Members } from './members.js';
import { NEXT_TOKEN } from './rules.js';

/**
 * A `nextToken` names the item at which the next page begins, and not a position. So items that are added or removed
 * between two pages cannot make a reader miss an item or see it twice.
 */
export interface PageToken {
  /** The kind of list, and the direction of reading. */
  readonly kind: string;
  readonly at: string;
}

export const writeToken = ({ kind, at }: PageToken): string => `${kind}/${at}`;

/** Reads `nextToken`. Throws when it is of another kind. */
export function readToken(members: Members, ...kinds: readonly string[]): PageToken | undefined {
  const token = members.text('nextToken', NEXT_TOKEN);
  if (token === undefined || token === '') return undefined;
  const [, kind = '', at = ''] = /^([a-z]+)\/([\w-]+)$/.exec(token) ?? [];
  if (!kinds.includes(kind)) throw invalidToken();
  return { kind, at };
}

export const invalidToken = () => invalidParameter('The specified nextToken is invalid.');
