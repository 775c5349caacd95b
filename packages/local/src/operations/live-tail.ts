import { LiveTailSession } from '../live-tail/live-tail-session.js';
import { invalidParameter } from '../refusal/refusal.js';
import { logGroupNameIn } from './arn.js';
import { readPattern } from './filter.js';
import type { Operation } from './operation.js';
import {
  FILTER_PATTERN,
  LOG_GROUP_IDENTIFIER,
  LOG_STREAM_NAME,
  MAX_LIVE_TAIL_GROUPS,
  MAX_STREAM_NAMES,
} from './rules.js';

/** The answer is the session. The server sends it for as long as the client listens. */
export const startLiveTail: Operation = (members) => {
  const arns = members.requiredTexts('logGroupIdentifiers', 1, MAX_LIVE_TAIL_GROUPS, LOG_GROUP_IDENTIFIER);
  const streamNames = members.texts('logStreamNames', 1, MAX_STREAM_NAMES, LOG_STREAM_NAME);
  const streamPrefixes = members.texts('logStreamNamePrefixes', 1, MAX_STREAM_NAMES, LOG_STREAM_NAME);
  const pattern = members.text('logEventFilterPattern', FILTER_PATTERN);
  return ({ store, now }) => {
    members.check();
    const matches = readPattern(pattern ?? '');
    if (streamNames && streamPrefixes) {
      throw invalidParameter('logStreamNames and logStreamNamePrefixes are mutually exclusive.');
    }
    if ((streamNames ?? streamPrefixes) && arns.length > 1) {
      throw invalidParameter(
        'logStreamNames and logStreamNamePrefixes can be specified for one log group only.',
      );
    }
    const groups = new Map(arns.map((arn) => [store.group(logGroupNameIn(arn)).name, arn] as const));
    return new LiveTailSession({ groups, streamNames, streamPrefixes, pattern, matches }, now);
  };
};
