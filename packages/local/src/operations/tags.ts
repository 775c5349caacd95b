import { invalidParameter, Refusal } from '../refusal/refusal.js';
import type { LogGroup } from '../store/store.js';
import { logGroupNameIn } from './arn.js';
import type { Operation } from './operation.js';
import {
  LOG_GROUP_NAME,
  MAX_TAG_KEYS,
  MAX_TAGS,
  RESERVED_TAG_KEY,
  RESOURCE_ARN,
  TAG_KEY,
  TAGS,
} from './rules.js';

type Tags = Readonly<Record<string, string>>;

export const tagResource: Operation = (members) => {
  const arn = members.requiredText('resourceArn', RESOURCE_ARN);
  const tags = members.requiredMap('tags', TAGS);
  return ({ store }) => {
    members.check();
    checkTagKeys(tags);
    addTags(store.group(logGroupNameIn(arn)), tags);
    return {};
  };
};

export const untagResource: Operation = (members) => {
  const arn = members.requiredText('resourceArn', RESOURCE_ARN);
  const keys = members.requiredTexts('tagKeys', 0, MAX_TAG_KEYS, TAG_KEY);
  return ({ store }) => {
    members.check();
    removeTags(store.group(logGroupNameIn(arn)), keys);
    return {};
  };
};

export const listTagsForResource: Operation = (members) => {
  const arn = members.requiredText('resourceArn', RESOURCE_ARN);
  return ({ store }) => {
    members.check();
    return { tags: Object.fromEntries(store.group(logGroupNameIn(arn)).tags) };
  };
};

/** This and the next two are deprecated, but older tools use them. */
export const tagLogGroup: Operation = (members) => {
  const name = members.requiredText('logGroupName', LOG_GROUP_NAME);
  const tags = members.requiredMap('tags', TAGS);
  return ({ store }) => {
    members.check();
    checkTagKeys(tags);
    addTags(store.group(name), tags);
    return {};
  };
};

export const untagLogGroup: Operation = (members) => {
  const name = members.requiredText('logGroupName', LOG_GROUP_NAME);
  const keys = members.requiredTexts('tags', 1, Infinity, TAG_KEY);
  return ({ store }) => {
    members.check();
    removeTags(store.group(name), keys);
    return {};
  };
};

export const listTagsLogGroup: Operation = (members) => {
  const name = members.requiredText('logGroupName', LOG_GROUP_NAME);
  return ({ store }) => {
    members.check();
    return { tags: Object.fromEntries(store.group(name).tags) };
  };
};

function addTags(group: LogGroup, tags: Tags): void {
  const merged = new Map([...group.tags, ...Object.entries(tags)]);
  if (merged.size > MAX_TAGS) {
    throw new Refusal('TooManyTagsException', `A resource can have no more than ${MAX_TAGS} tags.`);
  }
  for (const [key, value] of merged) group.tags.set(key, value);
}

function removeTags(group: LogGroup, keys: readonly string[]): void {
  for (const key of keys) group.tags.delete(key);
}

export function checkTagKeys(tags: Tags): void {
  if (!Object.keys(tags).some((key) => RESERVED_TAG_KEY.test(key))) return;
  throw invalidParameter('aws: prefixed tag key names are not allowed for external use.');
}
