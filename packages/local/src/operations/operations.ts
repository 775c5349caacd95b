import { describeLogGroups, describeLogStreams } from './describe.js';
import {
  createLogGroup,
  deleteLogGroup,
  deleteRetentionPolicy,
  describeIndexPolicies,
  getDataProtectionPolicy,
  putLogGroupDeletionProtection,
  putRetentionPolicy,
} from './groups.js';
import { listLogGroups } from './list-groups.js';
import { startLiveTail } from './live-tail.js';
import { getLogGroupFields, getLogRecord } from './log-record.js';
import type { Operation } from './operation.js';
import { putLogEvents } from './put-events.js';
import { getQueryResults, startQuery, stopQuery } from './queries.js';
import { filterLogEvents, getLogEvents } from './read-events.js';
import { createLogStream, deleteLogStream } from './streams.js';
import {
  listTagsForResource,
  listTagsLogGroup,
  tagLogGroup,
  tagResource,
  untagLogGroup,
  untagResource,
} from './tags.js';

/** The operations that this service implements. docs/local.md lists them. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ['PutLogEvents', putLogEvents],
  ['CreateLogGroup', createLogGroup],
  ['CreateLogStream', createLogStream],
  ['DeleteLogGroup', deleteLogGroup],
  ['DeleteLogStream', deleteLogStream],
  ['PutLogGroupDeletionProtection', putLogGroupDeletionProtection],
  ['PutRetentionPolicy', putRetentionPolicy],
  ['DeleteRetentionPolicy', deleteRetentionPolicy],
  ['TagResource', tagResource],
  ['UntagResource', untagResource],
  ['ListTagsForResource', listTagsForResource],
  ['TagLogGroup', tagLogGroup],
  ['UntagLogGroup', untagLogGroup],
  ['ListTagsLogGroup', listTagsLogGroup],
  ['DescribeIndexPolicies', describeIndexPolicies],
  ['GetDataProtectionPolicy', getDataProtectionPolicy],
  ['DescribeLogGroups', describeLogGroups],
  ['ListLogGroups', listLogGroups],
  ['DescribeLogStreams', describeLogStreams],
  ['GetLogEvents', getLogEvents],
  ['FilterLogEvents', filterLogEvents],
  ['StartLiveTail', startLiveTail],
  ['GetLogGroupFields', getLogGroupFields],
  ['GetLogRecord', getLogRecord],
  ['StartQuery', startQuery],
  ['GetQueryResults', getQueryResults],
  ['StopQuery', stopQuery],
]);
