import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  paginateDescribeLogGroups,
  paginateDescribeLogStreams,
  paginateFilterLogEvents,
  paginateGetLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import test from 'ava';
import { bench, NOW } from '../support.js';

/** The names in all pages, page by page. */
async function pagesOf<Page>(pages: AsyncIterable<Page>, namesIn: (page: Page) => readonly unknown[]) {
  const all = [];
  for await (const page of pages) all.push(namesIn(page));
  return all;
}

const NAMES = ['a', 'b', 'c', 'd', 'e'];
const IN_PAIRS = [['a', 'b'], ['c', 'd'], ['e']];

test('the paginators of the JavaScript SDK read each item once, and end', async (t) => {
  const made = await bench(t);
  const { client } = made;
  for (const name of NAMES) {
    await client.send(new CreateLogGroupCommand({ logGroupName: `/pages/${name}` }));
    await client.send(new CreateLogStreamCommand({ logGroupName: '/pages/a', logStreamName: name }));
  }
  const logEvents = NAMES.map((message, index) => ({ timestamp: NOW + index, message }));
  await made.put({ logGroupName: '/pages/a', logStreamName: 'a', logEvents });
  const config = { client, pageSize: 2 };
  const logGroupName = '/pages/a';

  const described = paginateDescribeLogGroups(config, { logGroupNamePrefix: '/pages/' });
  t.deepEqual(
    await pagesOf(described, ({ logGroups = [] }) => logGroups.map((each) => each.logGroupName?.at(-1))),
    IN_PAIRS,
  );

  const streams = paginateDescribeLogStreams(config, { logGroupName });
  t.deepEqual(
    await pagesOf(streams, ({ logStreams = [] }) => logStreams.map((each) => each.logStreamName)),
    IN_PAIRS,
  );

  const filtered = paginateFilterLogEvents(config, { logGroupName, filterPattern: '?a ?c ?e' });
  t.deepEqual(await pagesOf(filtered, ({ events = [] }) => events.map(({ message }) => message)), [
    ['a', 'c'],
    ['e'],
  ]);

  // The end of GetLogEvents is a token that is repeated.
  const got = paginateGetLogEvents(
    { ...config, stopOnSameToken: true },
    { logGroupName, logStreamName: 'a', startFromHead: true },
  );
  t.deepEqual(await pagesOf(got, ({ events = [] }) => events.map(({ message }) => message)), [
    ...IN_PAIRS,
    [],
  ]);
});
