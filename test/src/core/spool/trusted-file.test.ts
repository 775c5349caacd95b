import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import test, { type ExecutionContext } from 'ava';
import { messages, range, startLocal } from '../../support/harness.js';
import { ManualClock } from '../../support/manual-clock.js';
import { allDelivered, openPipeline } from '../../support/pipeline.js';
import { diskIdle, filesIn, leaveFolder, segmentText, spoolFolder } from '../../support/spool-folder.js';
import { until } from '../../support/until.js';

const MIB = 1024 * 1024;
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
/** Only root can create files of another user. */
const asRoot = isRoot ? test.serial : test.serial.skip;

const fifo = (path: string) => execFileSync('mkfifo', [path]);

/** A file of another program, which must not change. */
function secretOf(t: ExecutionContext): string {
  const path = join(spoolFolder(t), 'secret');
  writeFileSync(path, 'a secret\n');
  return path;
}

const ROOTS: readonly [what: string, make: (path: string, t: ExecutionContext) => void, why: RegExp][] = [
  [
    'other users can write to it',
    (path) => chmodSync(path, 0o777),
    /other users can write to .* \(mode 777\)/,
  ],
  ['its group can write to it', (path) => chmodSync(path, 0o770), /other users can write/],
  [
    'it is a symbolic link',
    (path, t) => {
      rmSync(path, { recursive: true });
      symlinkSync(spoolFolder(t), path);
    },
    /is a symbolic link/,
  ],
];
const FOREIGN_ROOT = [
  'it belongs to another user',
  (path: string) => chownSync(path, NOBODY, NOBODY),
  /belongs to another user \(uid 65534\)/,
] as const;

for (const [what, make, why] of isRoot ? [...ROOTS, FOREIGN_ROOT] : ROOTS) {
  test.serial(`a folder is not used as a spool if ${what}, and the report says what to do`, async (t) => {
    const local = await startLocal(t);
    const spoolDirectory = join(spoolFolder(t), 'spool');
    mkdirSync(spoolDirectory);
    leaveFolder(spoolDirectory, [segmentText(['planted'])]);
    make(spoolDirectory, t);
    const before = readdirSync(spoolDirectory, { recursive: true });
    const pipeline = openPipeline(local, { spoolDirectory });
    for (const i of range(10)) pipeline.accept(Date.now(), `record ${i}`);
    await pipeline.flush();
    t.deepEqual(readdirSync(spoolDirectory, { recursive: true }), before);
    await pipeline.close();
    t.deepEqual(pipeline.counts(), allDelivered(10));
    const problems = pipeline.reports.flatMap((report) =>
      report.kind === 'problem' ? [report.message] : [],
    );
    t.is(problems.length, 1);
    t.regex(problems[0] ?? '', why);
    t.regex(problems[0] ?? '', /Let spoolDirectory name a folder/);
  });
}

/** What an attacker may put into the folder of a dead process, or in its place. */
const PLANTED: readonly [what: string, plant: (folder: string, t: ExecutionContext) => void][] = [
  ['a symbolic link', (folder, t) => symlinkSync(secretOf(t), join(folder, '1.ndjson'))],
  ['a hard link', (folder) => linkSync(join(folder, '0.ndjson'), join(folder, '1.ndjson'))],
  ['a FIFO', (folder) => fifo(join(folder, '1.ndjson'))],
  [
    'a file that other users can write to',
    (folder) => {
      writeFileSync(join(folder, '1.ndjson'), segmentText(['forged']));
      chmodSync(join(folder, '1.ndjson'), 0o666);
    },
  ],
  ['a folder', (folder) => mkdirSync(join(folder, '1.ndjson'))],
  [
    'a sparse file',
    (folder) => {
      writeFileSync(join(folder, '1.ndjson'), '');
      truncateSync(join(folder, '1.ndjson'), 3 * 1024 * MIB);
    },
  ],
  ['a FIFO for a list of settled batches', (folder) => fifo(join(folder, '0.ndjson.settled'))],
  ['a FIFO for a lock', (folder) => fifo(`${folder}.lock`)],
];

for (const [what, plant] of PLANTED) {
  test.serial(`${what} in the spool is neither followed nor waited for, and is reported once`, async (t) => {
    const local = await startLocal(t);
    const spoolDirectory = spoolFolder(t);
    const folder = leaveFolder(spoolDirectory, [segmentText(['left'])]);
    plant(folder, t);
    const before = process.memoryUsage.rss();
    const pipeline = openPipeline(local, { spoolDirectory });
    pipeline.accept(Date.now(), 'record');
    await pipeline.close();
    t.true(process.memoryUsage.rss() < before + 200 * MIB);
    t.is(pipeline.problems().filter((code) => code === 'spool').length, 1);
    t.deepEqual(messages(local), ['record']);
    for (const file of filesIn(spoolDirectory).filter((path) => path.endsWith('corrupt.ndjson')))
      t.notRegex(readFileSync(file, 'utf8'), /secret/);
  });
}

test.serial('a folder that is a symbolic link is left alone, and so is its target', async (t) => {
  const local = await startLocal(t);
  const [spoolDirectory, elsewhere] = [spoolFolder(t), spoolFolder(t)];
  writeFileSync(join(elsewhere, '0.ndjson'), segmentText(['of another program']));
  symlinkSync(elsewhere, join(spoolDirectory, '01234567-89ab-4cde-8f01-23456789abcd'));
  const pipeline = openPipeline(local, { spoolDirectory });
  await pipeline.close();
  t.deepEqual(readdirSync(elsewhere), ['0.ndjson']);
  t.is(local.count('/old'), 0);
  t.deepEqual(pipeline.problems(), ['spool']);
});

asRoot('events in files of another user are not sent, and reported once', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  const folder = leaveFolder(spoolDirectory, [segmentText(['forged'])]);
  chownSync(folder, NOBODY, NOBODY);
  const neighbour = join(spoolDirectory, '11111111-89ab-4cde-8f01-23456789abcd');
  mkdirSync(neighbour, { mode: 0o700 });
  writeFileSync(join(neighbour, '0.ndjson'), segmentText(['forged as well']));
  chownSync(join(neighbour, '0.ndjson'), NOBODY, NOBODY);
  // A process scans again and again while it has events to write and a neighbour that is alive.
  const living = join(spoolDirectory, '22222222-89ab-4cde-8f01-23456789abcd.lock');
  const clock = new ManualClock(Date.now());
  writeFileSync(living, '0');
  const pipeline = openPipeline(local, { spoolDirectory }, { clock });
  for (const i of range(10)) {
    await diskIdle();
    writeFileSync(living, `${i}`);
    pipeline.accept(Date.now(), `record ${i}`);
    await clock.advance(61_000);
  }
  await diskIdle();
  rmSync(living);
  const messagesOfProblems = pipeline.reports.flatMap((report) =>
    report.kind === 'problem' ? [report.message] : [],
  );
  t.is(messagesOfProblems.filter((message) => message.includes(folder)).length, 1);
  t.is(local.count('/old'), 0);
  t.is(filesIn(folder).length + filesIn(neighbour).length, 2);
  await pipeline.close();
});

for (const [what, make] of [
  ['a symbolic link', (path: string, secret: string) => symlinkSync(secret, path)],
  ['a hard link', (path: string, secret: string) => linkSync(secret, path)],
  ['a FIFO', fifo],
] as const) {
  test.serial(`corrupt lines are not written to ${what}`, async (t) => {
    const local = await startLocal(t);
    const spoolDirectory = spoolFolder(t);
    leaveFolder(spoolDirectory, [`${segmentText(['left'])}garbage\n`]);
    const secret = secretOf(t);
    make(join(spoolDirectory, 'corrupt.ndjson'), secret);
    const pipeline = openPipeline(local, { spoolDirectory });
    await until('the old event', () => local.count('/old') === 1);
    await pipeline.close();
    t.is(readFileSync(secret, 'utf8'), 'a secret\n');
    t.is(pipeline.counts().dropped.unreadable, 1);
    t.deepEqual(pipeline.problems(), ['unreadable']);
  });

  test.serial(`dead letters are not written to ${what}`, async (t) => {
    const local = await startLocal(t);
    local.fault({ kind: 'poison', text: 'bad' });
    const secret = secretOf(t);
    const deadLetterFile = join(spoolFolder(t), 'dead.ndjson');
    make(deadLetterFile, secret);
    const pipeline = openPipeline(local, { deadLetterFile });
    pipeline.accept(Date.now(), 'bad');
    await pipeline.close();
    t.is(readFileSync(secret, 'utf8'), 'a secret\n');
    t.true(pipeline.problems().includes('dead-letters'));
    t.is(pipeline.counts().rejected.invalid, 1);
  });
}

test.serial(
  'the quarantine file and the dead-letter file become readable by their owner alone',
  async (t) => {
    const local = await startLocal(t);
    const spoolDirectory = spoolFolder(t);
    leaveFolder(spoolDirectory, [`${segmentText(['left'])}garbage\n`]);
    const [corrupt, deadLetterFile] = [
      join(spoolDirectory, 'corrupt.ndjson'),
      join(spoolFolder(t), 'dead.ndjson'),
    ];
    for (const path of [corrupt, deadLetterFile]) writeFileSync(path, '', { mode: 0o644 });
    local.fault({ kind: 'poison', text: 'bad' });
    const pipeline = openPipeline(local, { spoolDirectory, deadLetterFile });
    pipeline.accept(Date.now(), 'bad');
    await pipeline.close();
    for (const path of [corrupt, deadLetterFile]) t.is(statSync(path).mode & 0o777, 0o600);
    t.is(readFileSync(corrupt, 'utf8'), 'garbage\n');
  },
);

test.serial('corrupt lines are quarantined once, as far as there is room', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  const spoolMaxBytes = 8 * MIB;
  const deep = `{"destination":1,"logGroupName":"/a","logStreamName":"b","entity":${'{"a":'.repeat(5000)}1${'}'.repeat(5001)}`;
  leaveFolder(spoolDirectory, [
    `${segmentText(['left'])}${deep}\n`,
    ...range(4).map(() => `${'x'.repeat(999)}\n`.repeat(1000)),
  ]);
  const first = openPipeline(local, { spoolDirectory, spoolMaxBytes, closeTimeoutMs: 0 });
  await until('the old event', () => local.count('/old') === 1);
  await first.close();
  const corrupt = join(spoolDirectory, 'corrupt.ndjson');
  const { size } = statSync(corrupt);
  t.true(size > 30_000 && size <= spoolMaxBytes / 32, `${size} bytes`);
  t.regex(readFileSync(corrupt, 'utf8'), /^\{"destination":1.*\n/);
  const second = openPipeline(local, { spoolDirectory, spoolMaxBytes });
  await second.close();
  t.is(statSync(corrupt).size, size);
  t.is(first.counts().dropped.unreadable + second.counts().dropped.unreadable, 4001);
  t.deepEqual(readdirSync(spoolDirectory), ['corrupt.ndjson']);
});

test.serial('quarantined lines are not counted again by the next process', async (t) => {
  const local = await startLocal(t);
  const end = local.fault({ kind: 'throttle', operation: '*' });
  const spoolDirectory = spoolFolder(t);
  leaveFolder(spoolDirectory, [`${segmentText(['left'])}garbage\n`]);
  const first = openPipeline(local, { spoolDirectory, closeTimeoutMs: 0 });
  await until('a request', () => local.requests.length > 0);
  await first.close();
  t.is(first.counts().spooled, 1);
  end();
  const second = openPipeline(local, { spoolDirectory });
  await second.close();
  t.deepEqual(second.counts(), allDelivered(1));
  t.is(readFileSync(join(spoolDirectory, 'corrupt.ndjson'), 'utf8'), 'garbage\n');
});

test.serial('recovery of very many tiny batches is limited by spoolMaxBytes', async (t) => {
  const local = await startLocal(t);
  local.fault({ kind: 'throttle', operation: '*' });
  const spoolDirectory = spoolFolder(t);
  const head = `${JSON.stringify({ destination: 0, logGroupName: '/old', logStreamName: 'old' })}\n`;
  const now = Date.now();
  const tiny = (i: number) => `{"batch":${i},"destination":0}\n{"timestamp":${now},"message":"x"},\n`;
  leaveFolder(
    spoolDirectory,
    range(4).map(() => head + range(50_000).map(tiny).join('')),
  );
  const pipeline = openPipeline(local, { spoolDirectory, spoolMaxBytes: 8 * MIB, closeTimeoutMs: 0 });
  await until('the report that the spool is full', () => pipeline.problems().includes('spool-full'));
  await pipeline.close();
  const { accepted, dropped, spooled } = pipeline.counts();
  t.is(dropped.spoolFull + spooled, accepted);
  t.true(spooled <= 1024, `${spooled}`);
  t.true(accepted <= 50_000, 'the other segments stay where they were');
});

test.serial(
  'a file that is not a segment costs little time and memory, however many lines it has',
  async (t) => {
    const local = await startLocal(t);
    const spoolDirectory = spoolFolder(t);
    const lines = ['x\n', '{"batch":\n', 'x\n \n', '{"timestamp":\n'];
    leaveFolder(spoolDirectory, [
      segmentText(['left']),
      ...lines.map((line) => line.repeat((8 * MIB) / line.length)),
    ]);
    const pipeline = openPipeline(local, { spoolDirectory, spoolMaxBytes: 64 * MIB });
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const before = process.memoryUsage.rss();
    await until('the report of the unreadable file', () => pipeline.problems().includes('unreadable'));
    // All files were read, and the corrupt ones have no batch.
    await until('a single file', () => filesIn(spoolDirectory).length === 1);
    await pipeline.close();
    delay.disable();
    t.deepEqual(messages(local, '/old'), ['left']);
    t.true(process.memoryUsage.rss() < before + 200 * MIB);
    t.log(`${Math.trunc(delay.max / 1e6)} ms at most without a turn of the event loop`);
    const { accepted, delivered, dropped } = pipeline.counts();
    t.is(delivered, 1);
    t.is(dropped.unreadable, accepted - 1);
    t.true(dropped.unreadable > 4 * MIB, `${dropped.unreadable} lines`);
  },
);

test.serial(
  'events behind a quarantined line are recovered, also by the process after the next',
  async (t) => {
    const local = await startLocal(t);
    const end = local.fault({ kind: 'throttle', operation: '*' });
    const spoolDirectory = spoolFolder(t);
    const [destination, batch, one, two] = segmentText(['one', 'two']).split('\n');
    leaveFolder(spoolDirectory, [`${[destination, batch, one, '{"timestamp":1', two].join('\n')}\n`]);
    const first = openPipeline(local, { spoolDirectory, closeTimeoutMs: 0 });
    await until('a request', () => local.requests.length > 0);
    await first.close();
    t.is(first.counts().spooled, 2);
    end();
    const second = openPipeline(local, { spoolDirectory });
    await second.close();
    t.deepEqual(second.counts(), allDelivered(2));
  },
);
