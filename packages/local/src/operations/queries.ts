import type { Turn } from '../clock/turn.js';
import { MalformedQuery } from '../insights/malformed-query.js';
import { parseQuery } from '../insights/parse-query.js';
import { type Query, runQuery } from '../insights/query.js';
import { Row } from '../insights/row.js';
import { invalidParameter, Refusal } from '../refusal/refusal.js';
import { sizeOf } from '../store/event-size.js';
import { type QueryOutcome, StoredQuery } from '../store/query-store.js';
import type { LogGroup, Store } from '../store/store.js';
import { ACCOUNT_ID, logGroupNameOf } from './arn.js';
import { eventsOf, queriedEvent } from './log-record.js';
import type { Members } from './members.js';
import type { Operation } from './operation.js';
import { invalidToken } from './page-token.js';
import {
  DAY_MS,
  LOG_GROUP_IDENTIFIER,
  LOG_GROUP_NAME,
  MAX_QUERIED_GROUPS,
  MAX_RESULTS,
  MAX_RESULTS_RULE,
  QUERY_ID,
  QUERY_LANGUAGE,
  QUERY_LIMIT,
  QUERY_STRING,
  RESULTS_TOKEN,
  TIMESTAMP,
} from './rules.js';

interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export const startQuery: Operation = (members) => {
  const language = members.text('queryLanguage', QUERY_LANGUAGE) ?? 'CWLI';
  const findGroups = readGroups(members);
  const start = members.requiredInteger('startTime', TIMESTAMP);
  const end = members.requiredInteger('endTime', TIMESTAMP);
  const text = members.requiredText('queryString', QUERY_STRING);
  const limit = members.integer('limit', QUERY_LIMIT) ?? MAX_RESULTS;
  return ({ store, queries, now }) => {
    members.check();
    if (language !== 'CWLI')
      throw invalidParameter(`@putlogs/local does not implement queries in ${language}.`);
    if (end < start) throw invalidParameter('endTime must not be before startTime.');
    const query = parse(text);
    const groups = findGroups(store);
    const range = { from: toMillis(start), to: toMillis(end) + (isMillis(end) ? 0 : 999) };
    if (groups.every((group) => endsBefore(group, range, now))) throw outOfRange(text);
    const stored = new StoredQuery((turn) => run(query, groups, range, limit, turn));
    queries.add(stored);
    return { queryId: stored.id };
  };
};

/** The documentation says seconds, but the service takes milliseconds too, which are larger than any sensible second. */
const isMillis = (time: number): boolean => time >= 1e11;
const toMillis = (time: number): number => (isMillis(time) ? time : time * 1_000);

function parse(text: string): Query {
  try {
    return parseQuery(text);
  } catch (error) {
    throw error instanceof MalformedQuery ? malformed(error.message) : error;
  }
}

const malformed = (message: string): Refusal => new Refusal('MalformedQueryException', message);

const endsBefore = ({ creationTime, retentionInDays = Infinity }: LogGroup, { to }: TimeRange, now: number) =>
  to < creationTime || to < now - retentionInDays * DAY_MS;

const outOfRange = (text: string): Refusal =>
  malformed(
    `Query's end date and time is either before the log groups creation time or exceeds the log groups log retention settings ([0,${text.length}])`,
  );

/** Reads the groups of a query, which are given in exactly one of three members. */
function readGroups(members: Members): (store: Store) => readonly LogGroup[] {
  const name = members.text('logGroupName', LOG_GROUP_NAME);
  const names = members.texts('logGroupNames', 0, Infinity, LOG_GROUP_NAME);
  const identifiers = members.texts('logGroupIdentifiers', 0, Infinity, LOG_GROUP_IDENTIFIER);
  return (store) => {
    const given = [name === undefined ? undefined : [name], names, identifiers?.map(logGroupNameOf)];
    const [found = [], ...others] = given.filter((list) => list !== undefined);
    if (found.length === 0 || others.length > 0) {
      throw invalidParameter(
        'Exactly one of logGroupName, logGroupNames and logGroupIdentifiers must be specified, with at least one log group.',
      );
    }
    if (found.length > MAX_QUERIED_GROUPS) {
      throw invalidParameter(`A query can have no more than ${MAX_QUERIED_GROUPS} log groups.`);
    }
    return [...new Set(found)].map((each) => findGroup(store, each));
  };
}

function findGroup(store: Store, name: string): LogGroup {
  const group = store.groups.get(name);
  if (group) return group;
  const message = `Log group '${name}' does not exist for account ID '${ACCOUNT_ID}'`;
  throw new Refusal('ResourceNotFoundException', message);
}

async function run(
  query: Query,
  groups: readonly LogGroup[],
  { from, to }: TimeRange,
  limit: number,
  turn: Turn,
): Promise<QueryOutcome> {
  const events = groups
    .flatMap((group) => eventsOf(group, from, to).map((event) => ({ group, event })))
    .sort((a, b) => b.event.timestamp - a.event.timestamp || b.event.sequence - a.event.sequence);
  const rows = events.map(({ group, event }) => new Row(queriedEvent(group, event)));
  const { rows: results, matched } = await runQuery(query, rows, limit, turn);
  return {
    rows: results,
    statistics: {
      recordsMatched: matched,
      recordsScanned: events.length,
      estimatedRecordsSkipped: 0,
      bytesScanned: events.reduce((sum, { event }) => sum + sizeOf(event.message), 0),
      estimatedBytesSkipped: 0,
      logGroupsScanned: groups.length,
    },
  };
}

const NO_STATISTICS = { recordsMatched: 0, recordsScanned: 0, bytesScanned: 0 };

export const getQueryResults: Operation = (members) => {
  const id = members.requiredText('queryId', QUERY_ID);
  const token = members.text('nextToken', RESULTS_TOKEN);
  const maxItems = members.integer('maxItems', MAX_RESULTS_RULE) || MAX_RESULTS;
  return async ({ queries }) => {
    members.check();
    const query = queries.get(id);
    const start = positionIn(token, id);
    const { status, outcome } = await query.proceed();
    const { rows = [], statistics = NO_STATISTICS } = outcome ?? {};
    const end = start + maxItems;
    return {
      queryLanguage: 'CWLI',
      results: rows.slice(start, end),
      statistics,
      status,
      ...(end < rows.length && { nextToken: `${id}/${end}` }),
    };
  };
};

/** The position in a token, which is of one query. */
function positionIn(token: string | undefined, id: string): number {
  if (token === undefined || token === '') return 0;
  const [, position] = /^[\w-]+\/(\d{1,6})$/.exec(token) ?? [];
  if (position === undefined || !token.startsWith(`${id}/`)) throw invalidToken();
  return Number(position);
}

export const stopQuery: Operation = (members) => {
  const id = members.requiredText('queryId', QUERY_ID);
  return ({ queries }) => {
    members.check();
    if (!queries.get(id).cancel()) throw invalidParameter('The specified query is not running.');
    return { success: true };
  };
};
