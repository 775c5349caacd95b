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
/** Files of another user can be made by root alone. */
const asRoot = isRoot ? test.serial : test.serial.skip;

const fifo = (path: string) => execFileSync('mkfifo', [path]);

/** What another program has, and what must stay as it is. */
function secretOf(t: ExecutionContext): string {
  const path = join(spoolFolder(t), 'secret');
  writeFileSync(path, 'a secret\n');
  return path;
}

const ROOTS: readonly [what: string, make: (path: string, t: ExecutionContext) => void, why: RegExp][] = [
  ['others can write to it', (path) => chmodSync(path, 0o777), /other users can write to .* \(mode 777\)/],
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
  test.serial(`there is no spool in a folder when ${what}, and it is told how to mend it`, async (t) => {
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

/** What may be planted in the folder of a dead process: in place of a segment, beside it, or in place of it all. */
const PLANTED: readonly [what: string, plant: (folder: string, t: ExecutionContext) => void][] = [
  ['a symbolic link', (folder, t) => symlinkSync(secretOf(t), join(folder, '1.ndjson'))],
  ['a hard link', (folder) => linkSync(join(folder, '0.ndjson'), join(folder, '1.ndjson'))],
  ['a FIFO', (folder) => fifo(join(folder, '1.ndjson'))],
  [
    'a file that others can write to',
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
  test.serial(`${what} in the spool is neither followed nor waited for, and is told once`, async (t) => {
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

test.serial('a folder that is a symbolic link is left alone, with what it leads to', async (t) => {
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

asRoot('what another user left is not sent, and told once', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  const folder = leaveFolder(spoolDirectory, [segmentText(['forged'])]);
  chownSync(folder, NOBODY, NOBODY);
  const neighbour = join(spoolDirectory, '11111111-89ab-4cde-8f01-23456789abcd');
  mkdirSync(neighbour, { mode: 0o700 });
  writeFileSync(join(neighbour, '0.ndjson'), segmentText(['forged as well']));
  chownSync(join(neighbour, '0.ndjson'), NOBODY, NOBODY);
  // Who is at work, and has a living neighbour, looks again and again.
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
  const told = pipeline.reports.flatMap((report) => (report.kind === 'problem' ? [report.message] : []));
  t.is(told.filter((message) => message.includes(folder)).length, 1);
  t.is(local.count('/old'), 0);
  t.is(filesIn(folder).length + filesIn(neighbour).length, 2);
  await pipeline.close();
});

for (const [what, make] of [
  ['a symbolic link', (path: string, secret: string) => symlinkSync(secret, path)],
  ['a hard link', (path: string, secret: string) => linkSync(secret, path)],
  ['a FIFO', fifo],
] as const) {
  test.serial(`nothing is set aside in ${what}`, async (t) => {
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

  test.serial(`no dead letter goes into ${what}`, async (t) => {
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

test.serial('what is set aside, and dead letters, become readable by their owner alone', async (t) => {
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
});

test.serial('junk is set aside once, and no more of it than there is room for', async (t) => {
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

test.serial('what was set aside is not found again by the next process', async (t) => {
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

test.serial('a folder full of tiny batches takes no more memory than the spool has room for', async (t) => {
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
  t.true(accepted <= 50_000, 'the others are left where they were');
});

test.serial('what is no segment costs little time and memory, however many lines it has', async (t) => {
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
  // All were looked at, and hold nothing.
  await until('a single file', () => filesIn(spoolDirectory).length === 1);
  await pipeline.close();
  delay.disable();
  t.deepEqual(messages(local, '/old'), ['left']);
  t.true(process.memoryUsage.rss() < before + 200 * MIB);
  t.log(`${Math.trunc(delay.max / 1e6)} ms at once`);
  const { accepted, delivered, dropped } = pipeline.counts();
  t.is(delivered, 1);
  t.is(dropped.unreadable, accepted - 1);
  t.true(dropped.unreadable > 4 * MIB, `${dropped.unreadable} lines`);
});

test.serial('what follows a line that was set aside is found again', async (t) => {
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
});
