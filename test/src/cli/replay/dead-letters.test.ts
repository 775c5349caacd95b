import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Local, type StartOptions, start } from '@putlogs/local';
import test, { type ExecutionContext } from 'ava';
import { answer } from '../../support/answer.js';
import { Command } from '../../support/command.js';
import { openPipe } from '../../support/fifo.js';
import { range } from '../../support/harness.js';
import { spoolFolder } from '../../support/spool-folder.js';
import { until } from '../../support/until.js';

async function service(t: ExecutionContext, options: StartOptions = {}): Promise<Local> {
  const local = await start(options);
  t.teardown(() => local.close());
  return local;
}

function letter(message: string, more: object = {}): string {
  const where = { logGroupName: '/old', logStreamName: 'a', timestamp: Date.now() };
  return `${JSON.stringify({ reason: 'invalid', at: new Date().toISOString(), ...where, message, ...more })}\n`;
}

function fileWith(t: ExecutionContext, text: string): string {
  const file = join(spoolFolder(t), 'rejected.ndjson');
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

function arrived(local: Local): string[] {
  return local
    .events('/old')
    .map(({ message }) => message)
    .toSorted();
}

test.serial('replay sends a dead-letter file, and removes it', async (t) => {
  const local = await service(t);
  const file = fileWith(t, letter('one') + letter('two', { logStreamName: 'b' }) + letter('t\u00fcr "3"\n'));
  const { code, stdout } = await answer(['replay', file], { env: local.env });
  t.is(code, 0);
  t.deepEqual(arrived(local), ['one', 'two', 't\u00fcr "3"\n']);
  t.false(existsSync(file));
  t.false(existsSync(`${file}.replay`));
  t.regex(stdout, /^3 events delivered\.$/m);
});

test.serial('what the service refuses again goes back into the file, with its reason', async (t) => {
  const local = await service(t);
  local.fault({ kind: 'poison', text: 'bad' });
  const file = fileWith(t, letter('good') + letter('bad'));
  const { code, stdout } = await answer(['replay', '--json', file], { env: local.env });
  t.is(code, 1);
  t.like(JSON.parse(stdout), {
    destinations: [{ logGroupName: '/old', logStreamName: 'a', events: 2 }],
    rejected: { invalid: 1, tooOld: 0 },
  });
  t.deepEqual(arrived(local), ['good']);
  t.like(JSON.parse(readFileSync(file, 'utf8')), { reason: 'invalid', logGroupName: '/old', message: 'bad' });
});

test.serial('a process that has the file open while it is taken away loses nothing', async (t) => {
  const local = await service(t);
  const file = fileWith(t, letter('before'));
  const open = openSync(file, 'a');
  const command = new Command(['replay', file], { env: local.env });
  await until(
    'the file to be taken away',
    () => !existsSync(file),
    () => sleep(5),
  );
  writeSync(open, letter('late'));
  closeSync(open);
  // And begins a new file, as it does for each write.
  writeFileSync(file, letter('new'));
  t.is((await command.ended).code, 0);
  t.deepEqual(arrived(local), ['before', 'late']);
  t.is(readFileSync(file, 'utf8').split('\n').length, 2);
});

test.serial('a call that was killed is continued by the next one, also without the file', async (t) => {
  const local = await service(t);
  const end = local.fault({ kind: 'error500' });
  const file = fileWith(
    t,
    range(10)
      .map((i) => letter(`record ${i}`))
      .join(''),
  );
  const command = new Command(['replay', file], { env: local.env });
  await command.started(local);
  command.child.kill('SIGKILL');
  await command.ended;
  t.false(existsSync(file));
  end();
  const dry = await answer(['replay', '--dry-run', file], { env: local.env });
  t.regex(dry.stdout, /^10 events would be sent/m);
  const { code } = await answer(['replay', file], { env: local.env });
  t.is(code, 0);
  t.is(new Set(arrived(local)).size, 10);
});

test.serial('--now gives what was too old or expired the current time, and nothing else', async (t) => {
  const local = await service(t);
  const startedAt = Date.now();
  const old = { timestamp: startedAt - 86_400_000 };
  const text = letter('expired', { ...old, reason: 'expired' }) + letter('invalid', old);
  const { code, stdout } = await answer(['replay', '--now', '--json', fileWith(t, text)], {
    env: local.env,
  });
  t.is(code, 0);
  t.like(JSON.parse(stdout), { delivered: 2, retimed: 1 });
  const timeOf = (message: string) =>
    local.events('/old').find((event) => event.message === message)?.timestamp;
  t.true((timeOf('expired') ?? 0) >= startedAt);
  t.is(timeOf('invalid'), old.timestamp);
});

test.serial('lines that are not dead letters are kept and told', async (t) => {
  const local = await service(t);
  const file = fileWith(t, `${letter('one')}torn\n${letter('two')}{"reason":"x"}\nno newline`);
  const { code, stdout } = await answer(['replay', file], { env: local.env });
  t.is(code, 0);
  t.deepEqual(arrived(local), ['one', 'two']);
  t.regex(stdout, /^ {2}3 lines were not dead letters, and stay in .*\.replay$/m);
});

for (const [what, text] of [
  ['text', 'root:x:0:0:root:/root:/bin/sh\nno newline'],
  ['other JSON', '{"level":30,"msg":"hello"}\n'],
] as const) {
  test.serial(`a file of ${what} is left as it is`, async (t) => {
    const local = await service(t);
    const file = fileWith(t, text);
    for (const flags of [[], ['--dry-run'], ['--now']]) {
      const { code, stdout, stderr } = await answer(['replay', ...flags, file], { env: local.env });
      t.is(code, 2);
      t.is(stdout, '');
      t.is(stderr, `putlogs: ${file} has no dead letter, and is left as it is.\n`);
      t.deepEqual(readdirSync(dirname(file)), ['rejected.ndjson']);
      t.is(readFileSync(file, 'utf8'), text);
    }
  });
}

test.serial('an empty file is left alone', async (t) => {
  const local = await service(t);
  const file = fileWith(t, '');
  const { code, stdout } = await answer(['replay', file], { env: local.env });
  t.is(code, 0);
  t.is(stdout, '0 events delivered.\n');
  t.deepEqual(readdirSync(dirname(file)), ['rejected.ndjson']);
});

test.serial('a link is refused, and named with what it leads to', async (t) => {
  const local = await service(t);
  const file = fileWith(t, letter('one'));
  const link = join(dirname(file), 'link');
  for (const [target, shown] of [
    ['rejected.ndjson', file],
    [file, file],
    [dirname(file), dirname(file)],
  ] as const) {
    symlinkSync(target, link);
    for (const flags of [[], ['--dry-run']]) {
      const { code, stderr } = await answer(['replay', ...flags, link], { env: local.env });
      t.is(code, 2);
      t.is(stderr, `putlogs: ${link} is a symbolic link: name what it leads to, ${shown}.\n`);
    }
    rmSync(link);
  }
  t.deepEqual(readdirSync(dirname(file)), ['rejected.ndjson']);
});

test.serial('a FIFO is refused, and not waited for', async (t) => {
  const local = await service(t);
  const { path } = openPipe(t);
  for (const flags of [[], ['--dry-run']]) {
    const { code, stderr } = await answer(['replay', ...flags, path], { env: local.env });
    t.is(code, 2);
    t.is(stderr, `putlogs: ${path} is not a regular file.\n`);
  }
});

test.serial('--dry-run tells the log streams and the reasons', async (t) => {
  const local = await service(t);
  const file = fileWith(t, letter('one', { reason: 'tooOld' }) + letter('two') + letter('three'));
  const { code, stdout } = await answer(['replay', '--dry-run', file], { env: local.env });
  t.is(code, 0);
  t.regex(stdout, /^ {2}\/old {2}a {2}3 events {2}/m);
  t.regex(stdout, /^ {2}tooOld: 1\n {2}invalid: 2$/m);
  t.true(existsSync(file));
  t.is(local.requests.length, 0);
});

test.serial('--dry-run tells how many are too old, and with --now what becomes of them', async (t) => {
  const local = await service(t);
  const day = 86_400_000;
  const text = [
    letter('old', { reason: 'tooOld', timestamp: Date.now() - 20 * day }),
    // Since they were rejected, they have become too old.
    letter('aged', { reason: 'invalid', timestamp: Date.now() - 15 * day }),
    letter('expired', { reason: 'expired', timestamp: Date.now() - 5 * day }),
    letter('young', { timestamp: Date.now() - 13 * day }),
  ];
  const file = fileWith(t, text.join(''));
  const dry = async (...flags: readonly string[]) => {
    const { code, stdout } = await answer(['replay', '--dry-run', ...flags, file], { env: local.env });
    t.is(code, 0);
    return stdout;
  };
  t.regex(await dry(), /^ {2}2 events are older than 14 days, too old for the service; --now sends them /m);
  t.regex(await dry('--now'), /^ {2}3 events would get the current time$/m);
  t.like(JSON.parse(await dry('--json')), { tooOld: 2, retimed: 0 });
  t.like(JSON.parse(await dry('--json', '--now')), { tooOld: 2, retimed: 3 });
  const { stdout } = await answer(['replay', '--now', '--json', file], { env: local.env });
  t.like(JSON.parse(stdout), { delivered: 4, retimed: 3 });
});

test.serial('a file with many letters of many streams and days is sent whole', async (t) => {
  const local = await service(t);
  const day = 86_400_000;
  // More streams than batches that are open at once.
  const text = range(2400).map((i) =>
    letter(`record ${i} ${'.'.repeat(500)}`, {
      logStreamName: `s${i % 1200}`,
      timestamp: Date.now() - (i % 3) * day,
    }),
  );
  const { code, stdout } = await answer(
    ['replay', '--json', '--to', '/old:all', fileWith(t, text.join(''))],
    { env: local.env },
  );
  t.is(code, 0);
  t.like(JSON.parse(stdout), { delivered: 2400, lost: 0 });
  t.is(new Set(arrived(local)).size, 2400);
});

test.serial('letters that are refused again are all kept, however small deadLetterMaxBytes is', async (t) => {
  const local = await service(t);
  const text = range(3000).map((i) =>
    letter(`${i} ${'.'.repeat(1000)}`, { reason: 'tooOld', timestamp: Date.now() - 20 * 86_400_000 }),
  );
  const file = fileWith(t, text.join(''));
  writeFileSync(`${file}.1`, 'of another time\n', { mode: 0o600 });
  const { code } = await answer(['replay', file], {
    env: { ...local.env, PUTLOGS_DEAD_LETTER_MAX_BYTES: '1048576' },
  });
  t.is(code, 1);
  const messages = readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line): string => JSON.parse(line).message);
  t.is(new Set(messages).size, 3000);
  t.is(readFileSync(`${file}.1`, 'utf8'), 'of another time\n');
});

test.serial('events whose dead letters cannot be written stay on disk', async (t) => {
  const local = await service(t);
  local.fault({ kind: 'poison', text: 'bad' });
  const file = fileWith(t, letter('bad'));
  const command = new Command(['replay', file], { env: local.env });
  await until(
    'the file to be taken away',
    () => !existsSync(file),
    () => sleep(5),
  );
  // In the way of the new file.
  mkdirSync(file);
  await command.until(/Dead letters cannot be written/);
  command.child.kill('SIGINT');
  const { code } = await command.ended;
  t.is(code, 1);
  t.regex(command.stdout, /^ {2}1 folder is left, since/m);
  const dry = await answer(['replay', '--dry-run', `${file}.replay`], { env: local.env });
  t.regex(dry.stdout, /^1 event would be sent/m);
});

test.serial('a letter keeps its entity, and U+2028 within its text', async (t) => {
  const local = await service(t);
  const entity = { keyAttributes: { Type: 'Service', Name: 'shop', Environment: 'e' }, attributes: {} };
  const file = fileWith(t, letter('a\u2028b\u2029c', { entity }));
  t.is((await answer(['replay', file], { env: local.env })).code, 0);
  t.like(local.events('/old')[0], { message: 'a\u2028b\u2029c', entity });
});

test.serial('a line that is longer than any letter is kept byte for byte', async (t) => {
  const local = await service(t);
  const long = Buffer.alloc(20 * 1024 * 1024, 0xe4);
  const file = fileWith(t, letter('before'));
  writeFileSync(
    file,
    Buffer.concat([Buffer.from(letter('before')), long, Buffer.from(`\n${letter('after')}`)]),
  );
  const { code, stdout } = await answer(['replay', '--json', file], { env: local.env });
  t.is(code, 0);
  t.like(JSON.parse(stdout), { delivered: 2, unreadable: 1 });
  t.deepEqual(arrived(local), ['after', 'before']);
  const [name = ''] = readdirSync(`${file}.replay`);
  t.is(statSync(join(`${file}.replay`, name)).size, long.length + 1);
  t.true(
    readFileSync(join(`${file}.replay`, name))
      .subarray(0, -1)
      .equals(long),
  );
});

test.serial('a full batch of a thousand log streams is written once', async (t) => {
  const local = await service(t, { keepEvents: false });
  const streams = range(1000).map((i) => letter('x', { logStreamName: `s${i}` }));
  const more = range(10_000).map((i) => letter(`${i}`, { logStreamName: 's0' }));
  const file = fileWith(t, [...streams, ...more].join(''));
  const { code, stdout } = await answer(['replay', '--json', '--to', '/old:all', file], { env: local.env });
  t.is(code, 0);
  t.like(JSON.parse(stdout), { delivered: 11_000, lost: 0 });
  t.is(local.count('/old'), 11_000);
});

test.serial('a second replay of the same file leaves it to the first', async (t) => {
  const local = await service(t);
  const end = local.fault({ kind: 'hang' });
  const file = fileWith(t, letter('one'));
  const env = { ...local.env, PUTLOGS_REQUEST_TIMEOUT_MS: '500' };
  const first = new Command(['replay', file], { env });
  await first.started(local);
  const second = await answer(['replay', file], { env });
  t.is(second.code, 1);
  t.regex(second.stderr, /^putlogs: another putlogs replay is sending .*\.replay\.$/m);
  end();
  t.is((await first.ended).code, 0);
  t.deepEqual(readdirSync(join(file, '..')), []);
});

test.serial('two replays that break the lock of one dead owner at once: one has the file', async (t) => {
  const local = await service(t);
  const end = local.fault({ kind: 'hang' });
  const file = fileWith(t, letter('one'));
  const env = { ...local.env, PUTLOGS_REQUEST_TIMEOUT_MS: '500' };
  const dead = new Command(['replay', file], { env });
  await dead.started(local);
  dead.child.kill('SIGKILL');
  await dead.ended;
  const folder = dirname(file);
  const replayWith = (code: string) => {
    const patch = join(spoolFolder(t), 'patch.cjs');
    const head = `const promises = require('node:fs/promises');
      const { existsSync, writeFileSync } = require('node:fs');`;
    writeFileSync(patch, `${head}\n${code}\nrequire('node:module').syncBuiltinESMExports();`);
    const NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --require ${patch}`;
    return new Command(['replay', file], { cwd: folder, env: { ...env, NODE_OPTIONS } });
  };
  const there = (name: string) =>
    until(
      name,
      () => existsSync(join(folder, name)),
      () => sleep(5),
    );
  // One has found that the owner is dead, and stands still before it removes the lock; the other takes a lock meanwhile.
  const slow = replayWith(
    `const { rm } = promises;
    promises.rm = async (path, options) => {
      if (String(path).endsWith('.lock') && !existsSync('held')) {
        writeFileSync('held', '');
        while (!existsSync('free')) await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return rm(path, options);
    };`,
  );
  await there('held');
  const quick = replayWith(
    `const { writeFile } = promises;
    promises.writeFile = async (path, ...rest) => {
      await writeFile(path, ...rest);
      if (String(path).endsWith('.lock')) writeFileSync('taken', '');
    };`,
  );
  await there('taken');
  writeFileSync(join(folder, 'free'), '');
  // Whoever does not have the file ends while nothing can be delivered.
  const loser = await Promise.race([slow, quick].map((one) => one.ended.then(() => one)));
  t.regex(loser.stderr, /^putlogs: another putlogs replay is sending .*\.replay\.$/m);
  t.is((await loser.ended).code, 1);
  end();
  t.is((await (loser === slow ? quick : slow).ended).code, 0);
  t.deepEqual(arrived(local), ['one']);
  t.deepEqual(readdirSync(folder).toSorted(), ['free', 'held', 'taken']);
});

test.serial('what a replay that was killed has not finished is removed', async (t) => {
  const local = await service(t);
  const file = fileWith(t, letter('one'));
  mkdirSync(join(`${file}.replay`, '01234567-89ab-4cde-8f01-23456789abcd.new'), {
    recursive: true,
    mode: 0o700,
  });
  t.is((await answer(['replay', file], { env: local.env })).code, 0);
  t.deepEqual(arrived(local), ['one']);
  t.false(existsSync(`${file}.replay`));
});
