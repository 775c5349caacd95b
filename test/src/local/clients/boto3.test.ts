import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { start } from '@putlogs/local';
import test from 'ava';

/** Reads all pages of three lists and of a filter, one item a page, and prints their names. */
const SCRIPT = `
import json, sys, time
import boto3
logs = boto3.client('logs', endpoint_url=sys.argv[1])
for group in ('a', 'b', 'c'):
    logs.create_log_group(logGroupName=group)
for stream in ('x', 'y', 'z'):
    logs.create_log_stream(logGroupName='a', logStreamName=stream)
now = int(time.time() * 1000)
events = [{'timestamp': now + n, 'message': '%s %d' % ('odd' if n % 2 else 'even', n)} for n in range(6)]
logs.put_log_events(logGroupName='a', logStreamName='x', logEvents=events)
def read(operation, key, name, **arguments):
    pages = logs.get_paginator(operation).paginate(PaginationConfig={'PageSize': 1}, **arguments)
    return [item[name] for page in pages for item in page[key]]
print(json.dumps({
    'groups': read('describe_log_groups', 'logGroups', 'logGroupName'),
    'streams': read('describe_log_streams', 'logStreams', 'logStreamName', logGroupName='a'),
    'odd': read('filter_log_events', 'events', 'message', logGroupName='a', filterPattern='odd'),
}))
try:
    logs.create_log_group(logGroupName='a')
except logs.exceptions.ResourceAlreadyExistsException as error:
    sys.stderr.write(error.response['Error']['Message'])
`;

const PYTHONS = ['python3', '/usr/bin/python3'].flatMap((path) => {
  const version = versionOf(path);
  return version === undefined ? [] : [{ path, version }];
});

function versionOf(path: string): string | undefined {
  try {
    return execFileSync(path, ['-c', 'import boto3; print(boto3.__version__)'], {
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  } catch {
    return undefined;
  }
}

if (PYTHONS.length === 0)
  test.skip('the paginators of boto3 (skipped: Python finds no boto3)', () => undefined);

for (const { path, version } of PYTHONS) {
  test(`the paginators of boto3 ${version} at ${path}`, async (t) => {
    const local = await start();
    t.teardown(() => local.close());
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, ...local.env };
    const { stdout, stderr } = await promisify(execFile)(path, ['-c', SCRIPT, local.endpoint], { env });
    t.deepEqual(JSON.parse(stdout), {
      groups: ['a', 'b', 'c'],
      streams: ['x', 'y', 'z'],
      odd: ['odd 1', 'odd 3', 'odd 5'],
    });
    t.is(stderr, 'The specified log group already exists');
  });
}
