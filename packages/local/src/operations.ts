import { admit, checkBatch, readBatch } from './batch.js';
import { judgeEntity, readEntity } from './entity.js';
import type { Operation } from './operation.js';
import { describeLogGroups, describeLogStreams, filterLogEvents, getLogEvents } from './reads.js';
import { invalidParameter, Refusal } from './refusal.js';
import {
  KMS_KEY_ID,
  LOG_GROUP_CLASS,
  LOG_GROUP_NAME,
  LOG_STREAM_NAME,
  MAX_TAGS,
  RESERVED_PREFIX,
  RESOURCE_ARN,
  RETENTION_IN_DAYS,
  TAGS,
} from './rules.js';
import { LogGroup } from './store.js';

const putLogEvents: Operation = (members, note) => {
  const logGroupName = members.requiredText('logGroupName', LOG_GROUP_NAME);
  const logStreamName = members.requiredText('logStreamName', LOG_STREAM_NAME);
  const batch = readBatch(members);
  const entity = readEntity(members);
  note.events = batch.timestamps.length;
  note.accountedBytes = batch.bytes;
  // What breaks the model may be megabytes: it is refused, and not remembered.
  if (entity && members.valid) note.entity = entity;
  return ({ store, now, onPut }, entityError) => {
    members.check();
    checkBatch(batch, now);
    const group = store.group(logGroupName);
    const stream = group.stream(logStreamName);
    const { start, end, rejected } = admit(batch.timestamps, group.retentionInDays, now);
    const errorType = entity && (entityError ?? judgeEntity(entity, group.logGroupClass));
    const accepted = {
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
  const tags = members.map('tags', TAGS);
  return ({ store, now }) => {
    members.check();
    if (RESERVED_PREFIX.test(name))
      throw invalidParameter('Log groups starting with AWS/ are reserved for AWS.');
    store.addGroup(new LogGroup(name, now, { kmsKeyId, logGroupClass, tags }));
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
    store.groups.delete(store.group(name).name);
    return {};
  };
};

const deleteLogStream: Operation = (members) => {
  const groupName = members.requiredText('logGroupName', LOG_GROUP_NAME);
  const name = members.requiredText('logStreamName', LOG_STREAM_NAME);
  return ({ store }) => {
    members.check();
    const group = store.group(groupName);
    group.streams.delete(group.stream(name).name);
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
    const name = /^arn:[^:]+:logs:[^:]*:[^:]*:log-group:([^:]+)$/.exec(arn)?.[1];
    if (name === undefined) throw invalidParameter(`The resource ARN '${arn}' is not that of a log group.`);
    const group = store.group(name);
    const merged = new Map([...group.tags, ...Object.entries(tags)]);
    if (merged.size > MAX_TAGS) {
      throw new Refusal('TooManyTagsException', `A resource can have no more than ${MAX_TAGS} tags.`);
    }
    for (const [key, value] of merged) group.tags.set(key, value);
    return {};
  };
};

export const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ['PutLogEvents', putLogEvents],
  ['CreateLogGroup', createLogGroup],
  ['CreateLogStream', createLogStream],
  ['DeleteLogGroup', deleteLogGroup],
  ['DeleteLogStream', deleteLogStream],
  ['PutRetentionPolicy', putRetentionPolicy],
  ['TagResource', tagResource],
  ['DescribeLogGroups', describeLogGroups],
  ['DescribeLogStreams', describeLogStreams],
  ['GetLogEvents', getLogEvents],
  ['FilterLogEvents', filterLogEvents],
]);
