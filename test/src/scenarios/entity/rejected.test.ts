import test from 'ava';
import { puts, range, startLocal } from '../../support/harness.js';
import { allDelivered, openPipeline } from '../../support/pipeline.js';

const DAY_MS = 86_400_000;

// The documented ones, and an unknown one.
const ERROR_TYPES = [
  'InvalidEntity',
  'InvalidTypeValue',
  'InvalidKeyAttributes',
  'InvalidAttributes',
  'MissingRequiredFields',
  'EntitySizeTooLarge',
  'UnsupportedLogGroupType',
  'SomethingNew',
];

for (const errorType of ERROR_TYPES) {
  test(`an entity rejected with ${errorType} is reported once and not sent again, and the events are delivered`, async (t) => {
    const local = await startLocal(t);
    const pipeline = openPipeline(local, { service: 'checkout' });
    local.fault({ kind: 'entityRejected', errorType });
    for (const i of range(3)) {
      pipeline.accept(Date.now(), `record ${i}`);
      await pipeline.flush();
    }
    t.deepEqual(pipeline.counts(), allDelivered(3));
    const messages = pipeline.reports.flatMap((report) =>
      report.kind === 'problem' ? [report.message] : [],
    );
    t.is(messages.length, 1);
    t.true(messages[0]?.includes(errorType));
    const accepted = puts(local).filter(({ status }) => status === 200);
    t.deepEqual(
      accepted.map(({ entity }) => entity !== undefined),
      [true, false, false],
    );
  });

  test(`a rejection of the entity with ${errorType} and of events in one answer: both are counted`, async (t) => {
    let waitMs = 15 * DAY_MS;
    const local = await startLocal(t, { now: () => Date.now() + waitMs });
    const pipeline = openPipeline(local, { service: 'checkout' });
    local.fault({ kind: 'entityRejected', errorType });
    for (const i of range(3)) pipeline.accept(Date.now(), `waits for too long ${i}`);
    await pipeline.flush();
    waitMs = 0;
    pipeline.accept(Date.now(), 'new');
    await pipeline.flush();
    const { delivered, rejected } = pipeline.counts();
    t.is(delivered, 1);
    t.is(rejected.tooOld, 3);
    t.deepEqual(new Set(pipeline.problems()), new Set(['entity', 'rejected-events']));
    t.is(puts(local).at(-1)?.entity, undefined);
  });
}

test('an entity is still sent after a request that was rejected with and without it', async (t) => {
  const local = await startLocal(t);
  const pipeline = openPipeline(local, { service: 'checkout' });
  local.fault({ kind: 'poison', text: 'bad' });
  pipeline.accept(Date.now(), 'a bad one');
  await pipeline.flush();
  pipeline.accept(Date.now(), 'a good one');
  await pipeline.flush();
  const { delivered, rejected } = pipeline.counts();
  t.deepEqual([delivered, rejected.invalid], [1, 1]);
  t.deepEqual(pipeline.problems(), ['invalid-event']);
  t.is(puts(local).at(-1)?.entity?.keyAttributes?.Name, 'checkout');
});

test('an entity that one log group rejects is still sent to others', async (t) => {
  const local = await startLocal(t);
  const first = openPipeline(local, { service: 'checkout', logGroupName: '/test/first' });
  const second = openPipeline(local, { service: 'checkout', logGroupName: '/test/second' });
  const log = async () => {
    for (const pipeline of [first, second]) {
      pipeline.accept(Date.now(), 'record');
      await pipeline.flush();
    }
  };
  await log(); // creates the log streams
  local.fault({ kind: 'entityRejected', errorType: 'UnsupportedLogGroupType', times: 1 });
  await log();
  await log();
  const entities = (group: string) => local.events(group).map(({ entity }) => entity?.keyAttributes?.Name);
  t.deepEqual(entities('/test/first'), ['checkout', undefined, undefined]);
  t.deepEqual(entities('/test/second'), ['checkout', 'checkout', 'checkout']);
});
