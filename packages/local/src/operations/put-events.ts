import { admit, checkBatch, readBatch } from './batch.js';
import { readEntity, rejectionOf } from './entity.js';
import type { Operation } from './operation.js';
import { LOG_GROUP_NAME, LOG_STREAM_NAME, SEQUENCE_TOKEN } from './rules.js';

export const putLogEvents: Operation = (members, details) => {
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
    Object.assign(details, answer);
    stream.append(accepted);
    onPut?.({ logGroupName, logStreamName, batch: accepted, ...answer });
    return answer;
  };
};
