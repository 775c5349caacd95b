import type { Members } from './members.js';
import { invalidToken, readToken, writeToken } from './page-token.js';
import type { NumberRule } from './rules.js';

/** Returns the sort key of an item: text that is unique in its list. */
export type Order<T> = (item: T) => string;

export const byName: Order<{ readonly name: string }> = ({ name }) => name;

interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken: string | undefined;
}

/** Without a `limit`, a page has so many items. */
const DEFAULT_LIMIT = 50;

/** Reads `limit` and `nextToken`, and returns a function that cuts the requested page. */
export function readPage<T>(
  members: Members,
  limits: NumberRule,
  order: Order<T>,
): (all: readonly T[], descending?: boolean) => Page<T> {
  const limit = members.integer('limit', limits) ?? DEFAULT_LIMIT;
  const token = readToken(members, 'page');
  const from = token && decode(token.at);
  return (all, descending = false) => {
    const sign = descending ? -1 : 1;
    const rest = all
      .map((item) => ({ item, key: order(item) }))
      .sort((a, b) => sign * compare(a.key, b.key))
      .filter(({ key }) => from === undefined || sign * compare(key, from) >= 0);
    const next = rest[limit];
    return {
      items: rest.slice(0, limit).map(({ item }) => item),
      nextToken: next && writeToken({ kind: 'page', at: encode(next.key) }),
    };
  };
}

const encode = (key: string): string => Buffer.from(key).toString('base64url');

function decode(text: string): string {
  const key = Buffer.from(text, 'base64url').toString();
  if (encode(key) !== text) throw invalidToken();
  return key;
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
