import type { Members } from './members.js';
import { invalidParameter } from './refusal.js';
import { NEXT_TOKEN } from './rules.js';

/**
 * A `nextToken` names what the next page begins with, and not a position: what is added or forgotten between two pages
 * makes a reader neither miss nor see twice what was there.
 */
export interface PageToken {
  /** Which operation gave it, and in which direction it reads. */
  readonly kind: string;
  readonly at: string;
}

export const writeToken = ({ kind, at }: PageToken): string => `${kind}/${at}`;

/** Reads `nextToken`. Throws for one of another kind of page. */
export function readToken(members: Members, ...kinds: readonly string[]): PageToken | undefined {
  const token = members.text('nextToken', NEXT_TOKEN);
  if (token === undefined || token === '') return undefined;
  const [, kind = '', at = ''] = /^([a-z]+)\/([\w-]+)$/.exec(token) ?? [];
  if (!kinds.includes(kind)) throw invalidToken();
  return { kind, at };
}

export const invalidToken = () => invalidParameter('The specified nextToken is invalid.');
