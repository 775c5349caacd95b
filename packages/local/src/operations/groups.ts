import { invalidParameter } from '../refusal/refusal.js';
import { LogGroup } from '../store/store.js';
import { logGroupNameOf } from './arn.js';
import type { Operation } from './operation.js';
import { readToken } from './page-token.js';
import {
  KMS_KEY_ID,
  LOG_GROUP_CLASS,
  LOG_GROUP_IDENTIFIER,
  LOG_GROUP_NAME,
  RESERVED_PREFIX,
  RETENTION_IN_DAYS,
  TAGS,
} from './rules.js';
import { checkTagKeys } from './tags.js';

export const createLogGroup: Operation = (members) => {
  const name = members.requiredText('logGroupName', LOG_GROUP_NAME);
  const kmsKeyId = members.text('kmsKeyId', KMS_KEY_ID);
  const logGroupClass = members.text('logGroupClass', LOG_GROUP_CLASS);
  const deletionProtectionEnabled = members.boolean('deletionProtectionEnabled');
  const tags = members.map('tags', TAGS) ?? {};
  return ({ store, now }) => {
    members.check();
    checkTagKeys(tags);
    if (RESERVED_PREFIX.test(name))
      throw invalidParameter('Log groups starting with AWS/ are reserved for AWS.');
    store.addGroup(new LogGroup(name, now, { kmsKeyId, logGroupClass, deletionProtectionEnabled, tags }));
    return {};
  };
};

export const deleteLogGroup: Operation = (members) => {
  const name = members.requiredText('logGroupName', LOG_GROUP_NAME);
  return ({ store }) => {
    members.check();
    store.group(name).checkDeletable();
    store.deleteGroup(name);
    return {};
  };
};

export const putLogGroupDeletionProtection: Operation = (members) => {
  const identifier = members.requiredText('logGroupIdentifier', LOG_GROUP_IDENTIFIER);
  const isEnabled = members.requiredBoolean('deletionProtectionEnabled');
  return ({ store }) => {
    members.check();
    store.group(logGroupNameOf(identifier)).deletionProtectionEnabled = isEnabled;
    return {};
  };
};

export const putRetentionPolicy: Operation = (members) => {
  const name = members.requiredText('logGroupName', LOG_GROUP_NAME);
  const days = members.requiredInteger('retentionInDays', RETENTION_IN_DAYS);
  return ({ store }) => {
    members.check();
    store.group(name).retentionInDays = days;
    return {};
  };
};

export const deleteRetentionPolicy: Operation = (members) => {
  const name = members.requiredText('logGroupName', LOG_GROUP_NAME);
  return ({ store }) => {
    members.check();
    store.group(name).retentionInDays = undefined;
    return {};
  };
};

/** CloudFormation and Terraform ask for these two policies. No log group has one here. */
export const getDataProtectionPolicy: Operation = (members) => {
  const logGroupIdentifier = members.requiredText('logGroupIdentifier', LOG_GROUP_IDENTIFIER);
  return ({ store }) => {
    members.check();
    store.group(logGroupNameOf(logGroupIdentifier));
    return { logGroupIdentifier };
  };
};

export const describeIndexPolicies: Operation = (members) => {
  const identifiers = members.requiredTexts('logGroupIdentifiers', 1, 1, LOG_GROUP_IDENTIFIER);
  readToken(members);
  return ({ store }) => {
    members.check();
    for (const identifier of identifiers) store.group(logGroupNameOf(identifier));
    return { indexPolicies: [] };
  };
};
