import type { LogGroup } from '../store/store.js';
import { logGroupArn } from './arn.js';
import { isOfClass, readAccounts } from './describe.js';
import type { Members } from './members.js';
import type { Operation } from './operation.js';
import { byName, readPage } from './paging.js';
import {
  FIELD_INDEX_NAME,
  LIST_LIMIT,
  LOG_GROUP_CLASS,
  MAX_DATA_SOURCES,
  MAX_FIELD_INDEX_NAMES,
  MAX_TAG_FILTER_VALUES,
  MAX_TAG_FILTERS,
  NAME_REGEX,
  TAG_FILTER_VALUE,
  TAG_KEY,
} from './rules.js';

export const listLogGroups: Operation = (members) => {
  const pattern = members.text('logGroupNamePattern', NAME_REGEX);
  const logGroupClass = members.text('logGroupClass', LOG_GROUP_CLASS);
  const isSearched = readAccounts(members);
  const sources = members.structures('dataSources', 1, MAX_DATA_SOURCES, readDataSource);
  const indexes = members.texts('fieldIndexNames', 1, MAX_FIELD_INDEX_NAMES, FIELD_INDEX_NAME);
  const filters = members.structures('logGroupTags', 1, MAX_TAG_FILTERS, readTagFilter) ?? [];
  const page = readPage<LogGroup>(members, LIST_LIMIT, byName);
  return ({ store }) => {
    members.check();
    // No group has a data source or a field index here.
    const hasAny = isSearched && !sources && !indexes;
    const groups = [...(hasAny ? store.groups.values() : [])]
      .filter(({ name }) => pattern === undefined || fitsName(name, pattern))
      .filter((group) => logGroupClass === undefined || isOfClass(group, logGroupClass))
      .filter(({ tags }) => filters.every((fits) => fits(tags)));
    const { items, nextToken } = page(groups);
    return {
      logGroups: items.map((group) => ({
        logGroupName: group.name,
        logGroupArn: logGroupArn(group.name),
        logGroupClass: group.logGroupClass,
      })),
      nextToken,
    };
  };
};

/** Alternatives, each of which is a prefix after `^`, else a part of the name. */
const fitsName = (name: string, pattern: string): boolean =>
  pattern
    .split('|')
    .some((part) => (part.startsWith('^') ? name.startsWith(part.slice(1)) : name.includes(part)));

function readDataSource(members: Members): void {
  members.requiredText('name', {});
  members.text('type', {});
}

/** Reads a filter of tags. */
function readTagFilter(members: Members): (tags: ReadonlyMap<string, string>) => boolean {
  const key = members.requiredText('key', TAG_KEY);
  const values = members.texts('values', 0, MAX_TAG_FILTER_VALUES, TAG_FILTER_VALUE) ?? [];
  return (tags) => {
    const value = tags.get(key);
    if (value === undefined) return false;
    return values.length === 0 || values.some((wanted) => fitsTagValue(value, wanted));
  };
}

/** `!` negates. With `*` at an end or both, case does not matter; without, it does. */
function fitsTagValue(value: string, wanted: string): boolean {
  if (wanted.startsWith('!')) return !fitsTagValue(value, wanted.slice(1));
  const text = wanted.replaceAll('*', '').toLowerCase();
  const lower = value.toLowerCase();
  if (wanted.startsWith('*') && wanted.endsWith('*')) return lower.includes(text);
  if (wanted.startsWith('*')) return lower.endsWith(text);
  if (wanted.endsWith('*')) return lower.startsWith(text);
  return value === wanted;
}
