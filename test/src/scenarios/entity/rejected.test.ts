import test from 'ava';
import { puts, range, startLocal } from '../../support/harness.js';
import { allDelivered, openPipeline } from '../../support/pipeline.js';

const DAY_MS = 86_400_000;

// Those that the service documents, and one that it may come to have.
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
  test(`an entity rejected with ${errorType} is left off from then on, and told once; the events are delivered`, async (t) => {
    const local = await startLocal(t);
    const pipeline = openPipeline(local, { service: 'checkout' });
    local.fault({ kind: 'entityRejected', errorType });
    for (const i of range(3)) {
      pipeline.accept(Date.now(), `record ${i}`);
      await pipeline.flush();
    }
    t.deepEqual(pipeline.counts(), allDelivered(3));
    const told = pipeline.reports.flatMap((report) => (report.kind === 'problem' ? [report.message] : []));
    t.is(told.length, 1);
    t.true(told[0]?.includes(errorType));
    const accepted = puts(local).filter(({ status }) => status === 200);
    t.deepEqual(
      accepted.map(({ entity }) => entity !== undefined),
      [true, false, false],
    );
  });

  test(`an entity rejected with ${errorType}, and events too: both are heeded`, async (t) => {
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

test('a request that is refused with an entity and without it says nothing against the entity', async (t) => {
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

test('an entity that one log group rejects is sent to others', async (t) => {
  const local = await startLocal(t);
  const first = openPipeline(local, { service: 'checkout', logGroupName: '/test/first' });
  const second = openPipeline(local, { service: 'checkout', logGroupName: '/test/second' });
  const log = async () => {
    for (const pipeline of [first, second]) {
      pipeline.accept(Date.now(), 'record');
      await pipeline.flush();
    }
  };
  await log(); // which creates what is missing
  local.fault({ kind: 'entityRejected', errorType: 'UnsupportedLogGroupType', times: 1 });
  await log();
  await log();
  const entities = (group: string) => local.events(group).map(({ entity }) => entity?.keyAttributes?.Name);
  t.deepEqual(entities('/test/first'), ['checkout', undefined, undefined]);
  t.deepEqual(entities('/test/second'), ['checkout', 'checkout', 'checkout']);
});
