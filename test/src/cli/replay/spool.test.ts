import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Local, type StartOptions, start } from '@putlogs/local';
import test, { type ExecutionContext } from 'ava';
import { answer } from '../../support/answer.js';
import { Command } from '../../support/command.js';
import { range } from '../../support/harness.js';
import { filesIn, linesIn, segmentText, spoolFolder } from '../../support/spool-folder.js';
import { until } from '../../support/until.js';

async function service(t: ExecutionContext, options: StartOptions = {}): Promise<Local> {
  const local = await start(options);
  t.teardown(() => local.close());
  return local;
}

const ENTITY = { keyAttributes: { Type: 'Service', Name: 'old', Environment: 'ecs:prod' }, attributes: {} };

/** A folder as a process that has ended leaves it. */
function leave(root: string, number: number, text: string): string {
  const folder = join(root, `${String(number).padStart(8, '0')}-89ab-4cde-8f01-23456789abcd`);
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(join(folder, '0.ndjson'), text, { mode: 0o600 });
  return folder;
}

function oldSegment(messages: readonly string[], stream = 'a', ageMs = 0): string {
  const head = { logGroupName: '/old', logStreamName: stream, entity: ENTITY };
  return segmentText(messages, head).replaceAll(
    /"timestamp":(\d+)/g,
    (_, time) => `"timestamp":${time - ageMs}`,
  );
}

const DAY_MS = 86_400_000;

test.serial(
  'replay sends what ended processes left, where it belongs and with its entity, and removes it',
  async (t) => {
    const [local, root] = [await service(t), spoolFolder(t)];
    leave(root, 1, oldSegment(['one', 'two']));
    leave(root, 2, oldSegment(['three'], 'b'));
    const { code, stdout, stderr } = await answer(['replay', root], { env: local.env });
    t.is(code, 0);
    t.is(stderr, '');
    t.deepEqual(
      ['a', 'b']
        .flatMap((stream) => local.events('/old', stream))
        .map(({ logStreamName, message, entity }) => [logStreamName, message, entity]),
      [
        ['a', 'one', ENTITY],
        ['a', 'two', ENTITY],
        ['b', 'three', ENTITY],
      ],
    );
    t.deepEqual(readdirSync(root), []);
    t.regex(stdout, /^ {2}\/old {2}a {2}2 events$/m);
    t.regex(stdout, /^ {2}\/old {2}b {2}1 event$/m);
    t.regex(stdout, /\n3 events delivered\.\n$/);
  },
);

test.serial('--dry-run says what would be sent, and changes nothing', async (t) => {
  const [local, root] = [await service(t), spoolFolder(t)];
  const folder = leave(root, 1, oldSegment(['one', 'two']));
  const before = filesIn(root);
  const { code, stdout } = await answer(['replay', '--dry-run', root], { env: local.env });
  t.is(code, 0);
  t.regex(
    stdout,
    new RegExp(`^${folder} {2}\\d+ bytes, its process has ended\n {2}/old {2}a {2}2 events {2}`),
  );
  t.regex(stdout, /^2 events would be sent\. Nothing was changed\.$/m);
  const json = await answer(['replay', '--dry-run', '--json', root], { env: local.env });
  t.like(JSON.parse(json.stdout).folders[0], { path: folder, owner: 'ended', streams: [{ events: 2 }] });
  t.deepEqual(filesIn(root), before);
  t.is(local.requests.length, 0);
});

for (const [to, stream] of [
  ['/new', 'a'],
  ['/new:elsewhere', 'elsewhere'],
] as const) {
  test.serial(`--to ${to} sends to another log group`, async (t) => {
    const [local, root] = [await service(t), spoolFolder(t)];
    leave(root, 1, oldSegment(['one']));
    const { code } = await answer(['replay', '--to', to, root], { env: local.env });
    t.is(code, 0);
    t.is(local.count('/old'), 0);
    t.is(local.events('/new', stream)[0]?.message, 'one');
  });
}

test.serial(
  'events that are too old are kept apart, and --now sends them with the current time',
  async (t) => {
    const [local, root] = [await service(t), spoolFolder(t)];
    leave(root, 1, oldSegment(['old'], 'a', 20 * DAY_MS));
    leave(root, 2, oldSegment(['young'], 'a', DAY_MS));
    const first = await answer(['replay', root], { env: local.env });
    t.is(first.code, 1);
    const file = join(root, 'rejected.ndjson');
    t.true(first.stdout.includes(`  rejected (tooOld: 1): kept in ${file}\n`));
    t.true(
      first.stdout.includes(
        `  putlogs replay --now ${file} sends those that are too old with the current time\n`,
      ),
    );
    t.like(JSON.parse(readFileSync(file, 'utf8')), { reason: 'tooOld', message: 'old' });
    const startedAt = Date.now();
    const second = await answer(['replay', '--now', file], { env: local.env });
    t.is(second.code, 0);
    t.regex(second.stdout, /^ {2}1 event was too old, and got the current time$/m);
    const old = local.events('/old').find(({ message }) => message === 'old');
    t.true((old?.timestamp ?? 0) >= startedAt);
    t.deepEqual(readdirSync(root), []);
  },
);

test.serial('--now changes only what is too old', async (t) => {
  const [local, root] = [await service(t), spoolFolder(t)];
  leave(root, 1, oldSegment(['old', 'old too'], 'a', 20 * DAY_MS));
  leave(root, 2, oldSegment(['young'], 'b', DAY_MS));
  const startedAt = Date.now();
  const { code, stdout } = await answer(['replay', '--now', '--json', root], { env: local.env });
  t.is(code, 0);
  t.like(JSON.parse(stdout), { delivered: 3, retimed: 2, lost: 0, left: [] });
  t.true(local.events('/old', 'a').every(({ timestamp }) => timestamp >= startedAt));
  t.true((local.events('/old', 'b')[0]?.timestamp ?? startedAt) < startedAt);
});

test.serial('--dry-run tells how many are too old', async (t) => {
  const [local, root] = [await service(t), spoolFolder(t)];
  leave(root, 1, oldSegment(['old'], 'a', 20 * DAY_MS));
  leave(root, 2, oldSegment(['young'], 'b', DAY_MS));
  const dry = async (...flags: readonly string[]) =>
    (await answer(['replay', '--dry-run', ...flags, root], { env: local.env })).stdout;
  t.regex(await dry(), /^ {2}1 event is older than 14 days, too old for the service; --now sends it /m);
  t.regex(await dry('--now'), /^ {2}1 event would get the current time$/m);
  const folders: { tooOld: number }[] = JSON.parse(await dry('--json')).folders;
  t.deepEqual(folders.map(({ tooOld }) => tooOld).toSorted(), [0, 1]);
});

test.serial('what is not acknowledged stays, and the next call sends it', async (t) => {
  const [local, root] = [await service(t), spoolFolder(t)];
  leave(root, 1, oldSegment(['one', 'two']));
  const end = local.fault({ kind: 'error500' });
  const command = new Command(['replay', root], { env: local.env });
  await command.started(local);
  command.child.kill('SIGINT');
  t.is((await command.ended).code, 1);
  t.regex(command.stdout, /1 folder is left, since its events were not delivered/);
  t.is(linesIn(root) > 0, true);
  end();
  const { code } = await answer(['replay', root], { env: local.env });
  t.is(code, 0);
  t.deepEqual(
    local.events('/old').map(({ message }) => message),
    ['one', 'two'],
  );
});

test.serial('a kill loses nothing', async (t) => {
  const [local, root] = [await service(t), spoolFolder(t)];
  for (const i of range(50)) leave(root, i, oldSegment([`record ${i}`], `stream-${i}`));
  local.fault({ kind: 'slow', delayMs: 20 });
  const command = new Command(['replay', root], { env: local.env });
  await until(
    'some deliveries',
    () => local.count('/old') >= 10,
    () => sleep(5),
  );
  command.child.kill('SIGKILL');
  await command.ended;
  const { code } = await answer(['replay', root], { env: local.env });
  t.is(code, 0);
  const arrived = new Set(local.events('/old').map(({ message }) => message));
  t.is(arrived.size, 50);
  t.deepEqual(filesIn(root), []);
});

test.serial('the folder of a process that runs is left alone, and its events arrive once', async (t) => {
  const [local, itsService, root] = [await service(t), await service(t), spoolFolder(t)];
  const end = itsService.fault({ kind: 'error500' });
  const living = new Command(['pipe'], {
    env: {
      ...itsService.env,
      PUTLOGS_LOG_GROUP_NAME: '/living',
      PUTLOGS_SERVICE: 'x',
      PUTLOGS_SPOOL_DIRECTORY: root,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  t.teardown(() => living.child.kill('SIGKILL'));
  living.child.stdin?.write('mine\n');
  await until(
    'its file',
    () => linesIn(root) === 3,
    () => sleep(10),
  );
  leave(root, 1, oldSegment(['left']));
  const dry = await answer(['replay', '--dry-run', root], { env: local.env });
  t.regex(dry.stdout, new RegExp(`its process is running, pid ${living.child.pid}$`, 'm'));
  t.regex(dry.stdout, /^1 event would be sent/m);
  const { code, stdout } = await answer(['replay', root], { env: local.env });
  t.is(code, 0);
  t.is(
    stdout,
    '  /old  a  1 event\n  1 folder belongs to a running process: left alone\n1 event delivered.\n',
  );
  t.is(local.count('/living'), 0);
  end();
  living.child.stdin?.end();
  t.is((await living.ended).code, 0);
  t.is(itsService.count('/living'), 1);
});

test.serial('a spool of many folders is sent whole', async (t) => {
  const [local, root] = [await service(t), spoolFolder(t)];
  for (const i of range(200)) leave(root, i, oldSegment([`record ${i}`], `stream-${i % 7}`));
  const { code, stdout } = await answer(['replay', '--json', root], { env: local.env });
  t.is(code, 0);
  t.like(JSON.parse(stdout), { delivered: 200, pending: 0, left: [] });
  t.is(new Set(local.events('/old').map(({ message }) => message)).size, 200);
  t.deepEqual(readdirSync(root), []);
});

test.serial('two replays of a spool at once share it: each event arrives once', async (t) => {
  const [local, root] = [await service(t), spoolFolder(t)];
  for (const i of range(30)) leave(root, i, oldSegment([`record ${i}`], `stream-${i}`));
  const both = [1, 2].map(() => new Command(['replay', '--json', root], { env: local.env }));
  const ends = await Promise.all(both.map(({ ended }) => ended));
  t.deepEqual(
    ends.map(({ code }) => code),
    [0, 0],
  );
  const delivered = both.map(({ stdout }): number => JSON.parse(stdout).delivered);
  t.is((delivered[0] ?? 0) + (delivered[1] ?? 0), 30);
  t.is(local.count('/old'), 30);
  t.is(new Set(local.events('/old').map(({ message }) => message)).size, 30);
  t.deepEqual(readdirSync(root), []);
});

test.serial('an empty directory is no error', async (t) => {
  const [local, root] = [await service(t), spoolFolder(t)];
  const { code, stdout } = await answer(['replay', root], { env: local.env });
  t.is(code, 0);
  t.is(stdout, '0 events delivered.\n');
  t.true(existsSync(root));
});

for (const [args, why] of [
  [['replay'], /missing required argument 'path'/],
  [['replay', '/no/such/spool'], /^putlogs: \/no\/such\/spool does not exist\.$/m],
  [['replay', '--to', 'a b', '/tmp'], /--to: expected 1 to 512 letters/],
  [['replay', '--to', '/a:b:c', '/tmp'], /--to: expected the name of a log stream after the colon/],
] as const) {
  test(`${args.join(' ')} is a mistake`, async (t) => {
    const { code, stderr } = await answer(args);
    t.is(code, 2);
    t.regex(stderr, why);
  });
}
