import { Reporter, Spool } from '@putlogs/core/internal';
import test, { type ExecutionContext } from 'ava';
import { range } from '../../support/harness.js';
import { ManualClock } from '../../support/manual-clock.js';
import { leaveFolder, nameOf, spoolFolder } from '../../support/spool-folder.js';

const MIB = 1024 * 1024;
const NOON = Date.UTC(2026, 10, 24, 12);
const DAY = 86_400_000;

const DESTINATION = JSON.stringify({ destination: 0, ...nameOf('stream') });
const batchLine = (batch: number) => JSON.stringify({ batch, destination: 0 });
const eventLine = (message: string, timestamp = NOON) => `${JSON.stringify({ timestamp, message })},`;

/** Recovers a segment and reads its batches. @returns how many events each has, and the number of corrupt lines */
async function recover(t: ExecutionContext, lines: readonly (string | Buffer)[]) {
  const folder = spoolFolder(t);
  const text = Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')]));
  leaveFolder(folder, [text]);
  const clock = new ManualClock(NOON);
  const reporter = new Reporter(() => undefined, false, clock);
  const spool = new Spool(folder, 64 * MIB, reporter, clock);
  const { batches } = await spool.recover();
  const sizes: number[] = [];
  for (const { batch, size } of batches) {
    const back = await batch.read();
    t.is(back.kind === 'read' && back.batch.size, size);
    sizes.push(size);
  }
  await spool.close();
  return { sizes, corrupt: reporter.counts.dropped.unreadable };
}

test('a batch has at most as many events as fit into one request', async (t) => {
  const events = range(10_002).map((i) => eventLine(`${i}`));
  t.deepEqual(await recover(t, [DESTINATION, batchLine(0), ...events]), { sizes: [10_000], corrupt: 2 });
});

test('a batch has at most as many bytes as fit into one request', async (t) => {
  const half = 'x'.repeat(MIB / 2 - 26);
  const recovered = (...texts: string[]) =>
    recover(t, [DESTINATION, batchLine(0), ...texts.map((text) => eventLine(text))]);
  t.deepEqual(await recovered(half, half, ''), { sizes: [2], corrupt: 1 });
  t.deepEqual(await recovered(half, `${half}x`), { sizes: [1], corrupt: 1 });
});

test('a batch has the events of one UTC day', async (t) => {
  const lines = [
    DESTINATION,
    batchLine(0),
    eventLine('first', NOON),
    eventLine('the day after', NOON + DAY / 2),
    eventLine('earlier', NOON - DAY / 2),
    eventLine('the day before', NOON - DAY / 2 - 1),
    eventLine('last', NOON + DAY / 2 - 1),
  ];
  t.deepEqual(await recover(t, lines), { sizes: [3], corrupt: 2 });
});

test('an event that is not UTF-8 is corrupt', async (t) => {
  const broken = Buffer.from(eventLine('broken'));
  broken[broken.indexOf('broken')] = 0xff;
  const lines = [DESTINATION, batchLine(0), eventLine('one'), broken, eventLine('two')];
  t.deepEqual(await recover(t, lines), { sizes: [2], corrupt: 1 });
});

test('a line that is longer than any event is corrupt, and what follows it is read', async (t) => {
  const lines = [
    DESTINATION,
    batchLine(0),
    eventLine('one'),
    'x'.repeat(7 * MIB),
    batchLine(1),
    eventLine('two'),
    eventLine('three'),
  ];
  t.deepEqual(await recover(t, lines), { sizes: [1, 2], corrupt: 1 });
});

test('events are left out whose batch is settled, unknown, or of an unknown destination', async (t) => {
  const lines = [
    eventLine('of no batch'),
    DESTINATION,
    eventLine('of no batch either'),
    batchLine(0),
    eventLine('one'),
    JSON.stringify({ batch: 1, destination: 7 }),
    eventLine('of an unknown destination'),
    batchLine(0),
    eventLine('two'),
  ];
  t.deepEqual(await recover(t, lines), { sizes: [2], corrupt: 3 });
});

test('the events after a corrupt batch line are left out: they may be of any batch', async (t) => {
  for (const line of [
    { batch: 'x', destination: 0 },
    { batch: 1, destination: 'x' },
  ]) {
    const lines = [DESTINATION, batchLine(0), eventLine('one'), JSON.stringify(line), eventLine('two')];
    t.deepEqual(await recover(t, lines), { sizes: [1], corrupt: 2 }, JSON.stringify(line));
  }
});
