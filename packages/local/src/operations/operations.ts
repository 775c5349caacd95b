import { invalidParameter, Refusal } from '../http/refusal.js';
import { LogGroup } from '../store/store.js';
import { logGroupNameIn, logGroupNameOf } from './arn.js';
import { admit, checkBatch, readBatch } from './batch.js';
import { describeLogGroups, describeLogStreams } from './describe.js';
import { readEntity, rejectionOf } from './entity.js';
import type { Operation } from './operation.js';
import { filterLogEvents, getLogEvents } from './read-events.js';
import {
  KMS_KEY_ID,
  LOG_GROUP_CLASS,
  LOG_GROUP_IDENTIFIER,
  LOG_GROUP_NAME,
  LOG_STREAM_NAME,
  MAX_TAGS,
  RESERVED_PREFIX,
  RESERVED_TAG_KEY,
  RESOURCE_ARN,
  RETENTION_IN_DAYS,
  SEQUENCE_TOKEN,
  TAGS,
} from './rules.js';

const putLogEvents: Operation = (members, details) => {
  const logGroupName = members.requiredText('logGroupName', LOG_GROUP_NAME);
  const logStreamName = members.requiredText('logStreamName', LOG_STREAM_NAME);
  const batch = readBatch(members);
  // Ignored by the service since 2023.
  members.text('sequenceToken', SEQUENCE_TOKEN);
  const entity = readEntity(members);
  details.events = batch.timestamps.length;
  details.accountedBytes = batch.bytes;
  // An entity that violates the model is refused. It is not recorded, since it may have megabytes.
  if (entity && members.valid) details.entity = entity;
  return ({ store, now, onPut }, entityError) => {
    members.check();
    checkBatch(batch, now);
    const group = store.group(logGroupName);
    const stream = group.stream(logStreamName);
    const { start, end, rejected } = admit(batch.timestamps, group.retentionInDays, now);
    const errorType = entity && (entityError ?? rejectionOf(entity, group.logGroupClass));
    const accepted = {
      sequence: store.takeSequence(end - start),
      timestamps: batch.timestamps.slice(start, end),
      messages: batch.messages.slice(start, end),
      ingestionTime: now,
      entity: errorType === undefined ? (entity ?? null) : null,
    };
    const answer = {
      ...(rejected && { rejectedLogEventsInfo: rejected }),
      ...(errorType !== undefined && { rejectedEntityInfo: { errorType } }),
    };
    stream.append(accepted);
    onPut?.({ logGroupName, logStreamName, batch: accepted, ...answer });
    return answer;
  };
};

const createLogGroup: Operation = (members) => {
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

const createLogStream: Operation = (members) => {
  const groupName = members.requiredText('logGroupName', LOG_GROUP_NAME);
  const name = members.requiredText('logStreamName', LOG_STREAM_NAME);
  return ({ store, now }) => {
    members.check();
    store.addStream(groupName, name, now);
    return {};
  };
};

const deleteLogGroup: Operation = (members) => {
  const name = members.requiredText('logGroupName', LOG_GROUP_NAME);
  return ({ store }) => {
    members.check();
    store.group(name).checkDeletable();
    store.groups.delete(name);
    return {};
  };
};

const deleteLogStream: Operation = (members) => {
  const groupName = members.requiredText('logGroupName', LOG_GROUP_NAME);
  const name = members.requiredText('logStreamName', LOG_STREAM_NAME);
  return ({ store }) => {
    members.check();
    const group = store.group(groupName);
    group.checkDeletable();
    group.streams.delete(group.stream(name).name);
    return {};
  };
};

const putLogGroupDeletionProtection: Operation = (members) => {
  const identifier = members.requiredText('logGroupIdentifier', LOG_GROUP_IDENTIFIER);
  const isEnabled = members.requiredBoolean('deletionProtectionEnabled');
  return ({ store }) => {
    members.check();
    store.group(logGroupNameOf(identifier)).deletionProtectionEnabled = isEnabled;
    return {};
  };
};

const putRetentionPolicy: Operation = (members) => {
  const name = members.requiredText('logGroupName', LOG_GROUP_NAME);
  const days = members.requiredInteger('retentionInDays', RETENTION_IN_DAYS);
  return ({ store }) => {
    members.check();
    store.group(name).retentionInDays = days;
    return {};
  };
};

const tagResource: Operation = (members) => {
  const arn = members.requiredText('resourceArn', RESOURCE_ARN);
  const tags = members.requiredMap('tags', TAGS);
  return ({ store }) => {
    members.check();
    checkTagKeys(tags);
    const group = store.group(logGroupNameIn(arn));
    const merged = new Map([...group.tags, ...Object.entries(tags)]);
    if (merged.size > MAX_TAGS) {
      throw new Refusal('TooManyTagsException', `A resource can have no more than ${MAX_TAGS} tags.`);
    }
    for (const [key, value] of merged) group.tags.set(key, value);
    return {};
  };
};

function checkTagKeys(tags: Readonly<Record<string, string>>): void {
  if (!Object.keys(tags).some((key) => RESERVED_TAG_KEY.test(key))) return;
  throw invalidParameter('aws: prefixed tag key names are not allowed for external use.');
}

export const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ['PutLogEvents', putLogEvents],
  ['CreateLogGroup', createLogGroup],
  ['CreateLogStream', createLogStream],
  ['DeleteLogGroup', deleteLogGroup],
  ['DeleteLogStream', deleteLogStream],
  ['PutLogGroupDeletionProtection', putLogGroupDeletionProtection],
  ['PutRetentionPolicy', putRetentionPolicy],
  ['TagResource', tagResource],
  ['DescribeLogGroups', describeLogGroups],
  ['DescribeLogStreams', describeLogStreams],
  ['GetLogEvents', getLogEvents],
  ['FilterLogEvents', filterLogEvents],
]);
