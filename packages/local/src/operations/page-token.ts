import { invalidParameter } from '../refusal/refusal.js';
import type { Members } from './members.js';
import { NEXT_TOKEN } from './rules.js';

/**
 * A `nextToken` contains the item at which the next page begins, not a position, so that a reader neither misses an
 * item nor sees it twice when items are added or removed between two pages.
 */
export interface PageToken {
  /** The kind of list, and the direction of reading. */
  readonly kind: string;
  readonly at: string;
}

export const writeToken = ({ kind, at }: PageToken): string => `${kind}/${at}`;

/** Reads `nextToken`. Throws if it is of another kind. */
export function readToken(members: Members, ...kinds: readonly string[]): PageToken | undefined {
  const token = members.text('nextToken', NEXT_TOKEN);
  if (token === undefined || token === '') return undefined;
  const [, kind = '', at = ''] = /^([a-z]+)\/([\w-]+)$/.exec(token) ?? [];
  if (!kinds.includes(kind)) throw invalidToken();
  return { kind, at };
}

export const invalidToken = () => invalidParameter('The specified nextToken is invalid.');
