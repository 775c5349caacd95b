import type { Operation } from './operation.js';
import { LOG_GROUP_NAME, LOG_STREAM_NAME } from './rules.js';

export const createLogStream: Operation = (members) => {
  const groupName = members.requiredText('logGroupName', LOG_GROUP_NAME);
  const name = members.requiredText('logStreamName', LOG_STREAM_NAME);
  return ({ store, now }) => {
    members.check();
    store.addStream(groupName, name, now);
    return {};
  };
};

export const deleteLogStream: Operation = (members) => {
  const groupName = members.requiredText('logGroupName', LOG_GROUP_NAME);
  const name = members.requiredText('logStreamName', LOG_STREAM_NAME);
  return ({ store }) => {
    members.check();
    store.group(groupName).checkDeletable();
    store.deleteStream(groupName, name);
    return {};
  };
};
