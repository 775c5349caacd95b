import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudWatchLogsClient,
  DeleteLogGroupCommand,
  DeleteLogStreamCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Counts } from '@putlogs/core';
import type { Fault, Local } from '@putlogs/local';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { lostIn, sumOf } from '../../support/counts.js';
import { range, startLocal } from '../../support/harness.js';
import { allDelivered, createGroup, openPipeline } from '../../support/pipeline.js';

const DAY = 86_400_000;
const RUNS = Number(process.env.TEST_RUNS ?? 40);

type Step =
  | { readonly do: 'log'; readonly count: number; readonly size: number; readonly daysAgo: number }
  | { readonly do: 'fault'; readonly fault: Fault }
  | { readonly do: 'delete'; readonly what: 'group' | 'stream' }
  | { readonly do: 'turn'; readonly count: number };

const fault = fc
  .record({
    kind: fc.constantFrom(
      'throttle',
      'error500',
      'error503',
      'aborted',
      'reset',
      'hang',
      'html502',
      'html200',
      'noRequestId',
      'lostAnswer',
      'expiredToken',
      'accessDenied',
      'tooLarge413',
      'entityInvalid',
    ),
    operation: fc.constantFrom('PutLogEvents', 'CreateLogGroup', 'CreateLogStream', '*'),
    times: fc.integer({ min: 1, max: 4 }),
  })
  .map((given) => given as Fault);

const special: fc.Arbitrary<Fault> = fc.constantFrom<Fault>(
  { kind: 'slow', delayMs: 50, times: 2 },
  { kind: 'drip', delayMs: 1000, times: 1 },
  { kind: 'entityRejected', errorType: 'InvalidEntity', times: 1 },
  { kind: 'poison', text: 'record 7 ' },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('log' as const),
      count: fc.integer({ min: 1, max: 200 }),
      size: fc.constantFrom(20, 200, 5000),
      daysAgo: fc.constantFrom(0, 0, 0, 1, 10, 15, -1),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      fault: fc.oneof(fault, fault, fault, special),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('delete' as const),
      what: fc.constantFrom<'group' | 'stream'>('group', 'stream'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('turn' as const), count: fc.integer({ min: 1, max: 50 }) }),
  },
);

const run = fc.record({
  script: fc.array(step, { minLength: 3, maxLength: 25 }),
  spool: fc.boolean(),
  service: fc.option(fc.constant('checkout'), { nil: undefined }),
  maxInFlight: fc.integer({ min: 1, max: 4 }),
  /** Whether the faults end before the close. */
  recovers: fc.boolean(),
});

async function remove(local: Local, what: 'group' | 'stream'): Promise<void> {
  const client = new CloudWatchLogsClient({ endpoint: local.endpoint, maxAttempts: 1 });
  const logGroupName = '/test/app';
  const signal = { abortSignal: AbortSignal.timeout(300) };
  try {
    if (what === 'group') await client.send(new DeleteLogGroupCommand({ logGroupName }), signal);
    else await client.send(new DeleteLogStreamCommand({ logGroupName, logStreamName: 'one' }), signal);
  } catch {
    // It does not exist, or a fault hit this request.
  }
}

async function play(
  local: Local,
  pipeline: ReturnType<typeof openPipeline>,
  script: readonly Step[],
): Promise<number> {
  let logged = 0;
  for (const one of script) {
    switch (one.do) {
      case 'log':
        for (const _ of range(one.count)) {
          const text = `record ${logged++} `.padEnd(one.size, 'x');
          pipeline.accept(Date.now(), text, Date.now() - one.daysAgo * DAY);
        }
        void pipeline.flush();
        break;
      case 'fault':
        local.fault(one.fault);
        break;
      case 'delete':
        await remove(local, one.what);
        break;
      case 'turn':
        for (const _ of range(one.count)) await new Promise(setImmediate);
    }
  }
  return logged;
}

test('with random faults each event is delivered, rejected, dropped or spooled, and the next process sends the spooled ones', async (t) => {
  await fc.assert(
    fc.asyncProperty(run, async ({ script, spool, service, maxInFlight, recovers }) => {
      const stored = new Set<string>();
      const local = await startLocal(t, {
        onPut: ({ events }) => {
          for (const { message } of events) stored.add(message);
        },
      });
      // Older events are rejected, until the log group is deleted.
      await createGroup(local, 7);
      const spoolDirectory = mkdtempSync(join(tmpdir(), 'putlogs-random-'));
      t.teardown(() => rmSync(spoolDirectory, { recursive: true, force: true }));
      const options = {
        logStreamName: 'one',
        service,
        maxInFlight,
        requestTimeoutMs: 500,
        ...(spool && { spoolDirectory }),
      };
      const pipeline = openPipeline(local, { ...options, closeTimeoutMs: recovers ? 8500 : 200 });
      const logged = await play(local, pipeline, script);
      if (recovers) local.clearFaults();
      await pipeline.close();
      // Without events nothing is reported.
      const counts = logged === 0 ? allDelivered(0) : pipeline.counts();
      for (const report of pipeline.reports) t.is(sumOf(report.counts), report.counts.accepted, report.kind);
      t.is(counts.accepted, logged);
      t.is(sumOf(counts), logged);
      t.is(counts.pending, 0);
      local.clearFaults();
      const after = spool ? await checkSpool(t, local, options, spoolDirectory, counts) : undefined;
      if (!spool) t.is(counts.spooled, 0);
      // All other events were stored, even if their log group or log stream was deleted later.
      const refused = lostIn(counts) + (after === undefined ? 0 : lostIn(after));
      // Events that are rejected by an unreadable response count as delivered.
      if (!pipeline.problems().includes('unreadable-answer'))
        t.true(
          stored.size >= logged - refused,
          `${stored.size} of ${logged} were stored, ${refused} refused`,
        );
      if (recovers) t.is(counts.spooled + counts.dropped.closed, 0);
      await local.close();
    }),
    { numRuns: RUNS },
  );
});

/** Checks that the next process delivers everything in the spool and leaves nothing. */
async function checkSpool(
  t: ExecutionContext,
  local: Local,
  options: Parameters<typeof openPipeline>[1],
  spoolDirectory: string,
  left: Counts,
): Promise<Counts> {
  t.is(left.dropped.closed, 0);
  const next = openPipeline(local, options);
  await next.close();
  const counts = next.reports.length === 0 ? allDelivered(0) : next.counts();
  // A batch of which a part was refused is on disk as a whole, so that events that arrived before arrive again.
  t.true(counts.accepted >= left.spooled);
  t.is(counts.accepted, counts.delivered + counts.rejected.expired + counts.rejected.invalid);
  t.deepEqual(readdirSync(spoolDirectory), []);
  return counts;
}
