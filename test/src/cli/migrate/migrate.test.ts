import {
  chmodSync,
  copyFileSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { answer } from '../../support/answer.js';
import { application } from '../../support/command.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const migrations = join(root, 'test/migrations');
const pages = join(root, 'docs/migrate');

/** All that the types and the code of each package name. */
const OPTIONS = {
  'winston-cloudwatch': [
    'name',
    'cloudWatchLogs',
    'level',
    'ensureLogGroup',
    'logGroupName',
    'logStreamName',
    'awsAccessKeyId',
    'awsSecretKey',
    'awsRegion',
    'awsOptions',
    'jsonMessage',
    'messageFormatter',
    'uploadRate',
    'errorHandler',
    'silent',
    'retentionInDays',
    'format',
    'handleExceptions',
    'handleRejections',
  ],
  'pino-cloudwatch': [
    'group',
    'prefix',
    'stream',
    'interval',
    'aws_region',
    'aws_access_key_id',
    'aws_secret_access_key',
    'stdout',
  ],
  'pino-cloudwatch-transport': [
    'logGroupName',
    'logStreamName',
    'awsRegion',
    'awsAccessKeyId',
    'awsSecretAccessKey',
    'interval',
  ],
} as const;

interface Answer {
  readonly path: string;
  readonly packages: readonly string[];
  readonly diff: string;
  readonly notes: readonly { readonly line: number; readonly text: string }[];
  readonly failure: string | null;
}

const FIXTURES = readdirSync(migrations).filter((name) => name.includes('.before.'));

test('what each file becomes, and what is to be looked at', async (t) => {
  const folder = application(t);
  for (const name of FIXTURES) copyFileSync(join(migrations, name), join(folder, name));
  const { code, stdout } = await answer(['migrate', '--write', '--json', ...FIXTURES], { cwd: folder });
  t.is(code, 0);
  const all: readonly Answer[] = JSON.parse(stdout);
  t.deepEqual(
    all.map(({ path }) => path),
    FIXTURES,
  );
  for (const { path, notes } of all) {
    t.is(readFileSync(join(folder, path), 'utf8'), expected(path.replace('.before.', '.after.')), path);
    const lines = notes.map(({ line, text }) => `${line}: ${text}\n`);
    t.is(lines.join(''), expected(path.replace(/\.before\..*/, '.notes.txt')), path);
  }
});

test('in files that are migrated nothing is left to do', async (t) => {
  const after = FIXTURES.map((name) => join(migrations, name.replace('.before.', '.after.')));
  const { code, stdout } = await answer(['migrate', ...after]);
  t.is(code, 0);
  t.is(stdout, 'No file uses winston-cloudwatch, pino-cloudwatch or @serdnam/pino-cloudwatch-transport.\n');
});

test('what a page shows before becomes what it shows after', async (t) => {
  const pairs = Object.keys(OPTIONS).map(programsOf);
  t.deepEqual(
    await migrated(
      t,
      pairs.map(([before]) => before),
    ),
    pairs.map(([, after]) => after),
  );
});

test('the page of a package has each of its options, and the command knows each', async (t) => {
  for (const [page, names] of Object.entries(OPTIONS)) {
    const rows = readFileSync(join(pages, `${page}.md`), 'utf8').match(/^\| .*? \| /gm) ?? [];
    for (const name of names)
      t.true(
        rows.some((row) => new RegExp(`\`${name}\\b`).test(row)),
        `${name} in ${page}.md`,
      );
  }
  const known = Object.entries(OPTIONS).flatMap(([page, names]) =>
    names.map((name) => using(page, `{ ${name}: value }`)),
  );
  const invented = Object.keys(OPTIONS).map((page) => using(page, '{ invented: 1 }'));
  const unknown = (await answers(t, [...known, ...invented])).map(({ notes }) =>
    notes.some(({ text }) => text.includes('nor putlogs has such an option')),
  );
  t.deepEqual(unknown, [...known.map(() => false), ...invented.map(() => true)]);
});

test('without --write nothing is changed, and the differences can be applied', async (t) => {
  const before = readFileSync(join(migrations, 'nest.before.cts'), 'utf8');
  const folder = application(t);
  const file = join(folder, 'logger.cts');
  writeFileSync(file, before);
  const { code, stdout } = await answer(['migrate', 'logger.cts'], { cwd: folder });
  t.is(code, 0);
  t.is(readFileSync(file, 'utf8'), before);
  t.is(patched(before, stdout), readFileSync(join(migrations, 'nest.after.cts'), 'utf8'));
  t.regex(stdout, /^ {2}logger\.cts:37: awsOptions\.maxAttempts is left out/m);
  t.regex(
    stdout,
    /^Nothing was written\. To write it, add --write\. Next:\n {2}npm uninstall winston-cloudwatch\n {2}npm install @putlogs\/winston\n$/m,
  );
});

test('the ends of lines and the permissions of a file stay as they are', async (t) => {
  const file = join(application(t), 'logger.cts');
  writeFileSync(file, expected('nest.before.cts').replaceAll('\n', '\r\n'), { mode: 0o755 });
  await answer(['migrate', '--write', file]);
  t.is(readFileSync(file, 'utf8'), expected('nest.after.cts').replaceAll('\n', '\r\n'));
  t.is(statSync(file).mode & 0o777, 0o755);
});

test('a file that cannot be read or parsed stays as it is, and does not hold up others', async (t) => {
  const folder = application(t);
  const broken = "const transport = require('winston-cloudwatch';\n";
  writeFileSync(join(folder, 'broken.js'), broken);
  writeFileSync(
    join(folder, 'good.js'),
    "new (require('winston-cloudwatch'))({ logGroupName: 'a', awsRegion: 'b' });\n",
  );
  const { code, stdout } = await answer(['migrate', '--write', 'broken.js', 'missing.js', '.', 'good.js'], {
    cwd: folder,
  });
  t.is(code, 1);
  t.regex(stdout, /^broken\.js stays as it is: Unexpected token \(1:46\)$/m);
  t.regex(stdout, /^missing\.js stays as it is: ENOENT/m);
  t.regex(stdout, /^\. stays as it is: it is a directory: name the files in it$/m);
  t.is(readFileSync(join(folder, 'broken.js'), 'utf8'), broken);
  t.is(
    readFileSync(join(folder, 'good.js'), 'utf8'),
    "new (require('@putlogs/winston').CloudWatchTransport)({ logGroupName: 'a', region: 'b' });\n",
  );
});

const LINES = [
  [
    'await import',
    "const { default: W } = await import('winston-cloudwatch');\nnew W({ awsRegion });\n",
    "const { CloudWatchTransport: W } = await import('@putlogs/winston');\nnew W({ region: awsRegion });\n",
  ],
  [
    'a default that is required',
    "const W = require('winston-cloudwatch').default;\nnew W({ logGroupName });\n",
    "const { CloudWatchTransport } = require('@putlogs/winston');\nnew CloudWatchTransport({ logGroupName });\n",
  ],
  [
    'a name that is hidden in an inner scope',
    "import W from 'winston-cloudwatch';\nfunction f(W) { return new W({ a: 1 }); }\n",
    "import { CloudWatchTransport as W } from '@putlogs/winston';\nfunction f(W) { return new W({ a: 1 }); }\n",
  ],
  [
    'a type',
    "import type W from 'winston-cloudwatch';\nlet w: W;\n",
    "import type { CloudWatchTransport } from '@putlogs/winston';\nlet w: CloudWatchTransport;\n",
  ],
  [
    'a name that is exported',
    "import W from 'winston-cloudwatch';\nexport { W };\n",
    "import { CloudWatchTransport as W } from '@putlogs/winston';\nexport { W };\n",
  ],
  [
    'no winston to take the format from',
    "import W from 'winston-cloudwatch';\nnew W({ messageFormatter });\n",
    "import { format } from 'winston';\nimport { CloudWatchTransport } from '@putlogs/winston';\nnew CloudWatchTransport({ format: format.printf(messageFormatter) });\n",
  ],
  [
    'braces in a name',
    "import W from 'winston-cloudwatch';\nnew W({ logStreamName: () => 'a{b}' });\n",
    "import { CloudWatchTransport } from '@putlogs/winston';\nnew CloudWatchTransport({ logStreamName: (() => 'a{b}')() });\n",
  ],
  [
    'a name of a function',
    "import W from 'winston-cloudwatch';\nfunction name() { return random(); }\nnew W({ logGroupName: name });\n",
    "import { CloudWatchTransport } from '@putlogs/winston';\nfunction name() { return random(); }\nnew CloudWatchTransport({ logGroupName: name() });\n",
  ],
  [
    'options that a function returns',
    "import W from 'winston-cloudwatch';\nconst options = () => ({ awsRegion });\nnew W(options());\n",
    "import { CloudWatchTransport } from '@putlogs/winston';\nconst options = () => ({ region: awsRegion });\nnew CloudWatchTransport(options());\n",
  ],
  [
    'the way of Winston 2, and a name that is searched for',
    "const W = require('winston-cloudwatch');\nwinston.add(W, { name: 'aws' });\nlogger.transports.find((t) => t.name === 'aws').kthxbye(done);\n",
    "const { CloudWatchTransport } = require('@putlogs/winston');\nwinston.add(new CloudWatchTransport({  }));\nlogger.transports.find((t) => t.name === 'cloudwatch').flush().then(done);\n",
  ],
  [
    'what is named as the option is',
    "import W from 'winston-cloudwatch';\nnew W({ awsRegion: region, region: 1, awsAccessKeyId: accessKeyId, awsSecretKey: secret });\n",
    "import { CloudWatchTransport } from '@putlogs/winston';\nnew CloudWatchTransport({ region, credentials: { accessKeyId, secretAccessKey: secret } });\n",
  ],
  [
    'uses within a text that moves',
    "import W from 'winston-cloudwatch';\nconst w = new W({ errorHandler: () => w.kthxbye(() => W), retentionInDays: days || 0 });\n",
    "import { CloudWatchTransport } from '@putlogs/winston';\nconst w = new CloudWatchTransport({ retentionInDays: days || undefined }).on('warn', () => w.flush().then(() => CloudWatchTransport));\n",
  ],
  [
    'lines that are split and piped',
    "import c from 'pino-cloudwatch';\nimport split from 'split2';\nprocess.stdin.pipe(split()).pipe(c({ group }));\n",
    "import { createStream } from '@putlogs/pino';\nimport split from 'split2';\nprocess.stdin.pipe(createStream({ logGroupName: group }));\n",
  ],
  [
    'a variable that two scopes have',
    "import W from 'winston-cloudwatch';\nconst o = { awsRegion };\nfunction f() { const o = {}; }\nnew W(o);\n",
    "import { CloudWatchTransport } from '@putlogs/winston';\nconst o = { awsRegion };\nfunction f() { const o = {}; }\nnew CloudWatchTransport(o);\n",
  ],
  [
    'the Region twice',
    "import W from 'winston-cloudwatch';\nnew W({ awsRegion: 'a', awsOptions: { region: 'b' } });\n",
    "import { CloudWatchTransport } from '@putlogs/winston';\nnew CloudWatchTransport({ region: 'b' });\n",
  ],
  [
    'the Region and the keys under our names too, which were ignored',
    "import W from 'winston-cloudwatch';\nnew W({ region: 'a', credentials, awsAccessKeyId, awsSecretKey, awsOptions: { region: 'b' } });\n",
    "import { CloudWatchTransport } from '@putlogs/winston';\nnew CloudWatchTransport({ credentials: { accessKeyId: awsAccessKeyId, secretAccessKey: awsSecretKey }, region: 'b' });\n",
  ],
  [
    'options of several targets',
    "const t = { target: a ? 'pino-cloudwatch' : 'pino-pretty', options: b ? { interval: 5 } : {} };\n",
    "const t = { target: a ? '@putlogs/pino' : 'pino-pretty', options: b ? { interval: 5 } : {} };\n",
  ],
  [
    'a target that is resolved',
    "const t = { target: require.resolve('@serdnam/pino-cloudwatch-transport'), options: { interval: 5 } };\n",
    "const t = { target: require.resolve('@putlogs/pino'), options: { flushIntervalMs: 5 } };\n",
  ],
  [
    'a date, which log groups do not take',
    "import W from 'winston-cloudwatch';\nnew W({ logGroupName: () => 'a-' + new Date().toISOString().split('T')[0] });\n",
    "import { CloudWatchTransport } from '@putlogs/winston';\nnew CloudWatchTransport({ logGroupName: (() => 'a-' + new Date().toISOString().split('T')[0])() });\n",
  ],
  [
    'dynamic imports in an ES module',
    "const { default: W } = await import('winston-cloudwatch');\nnew W({ messageFormatter });\n",
    "import { format } from 'winston';\nconst { CloudWatchTransport: W } = await import('@putlogs/winston');\nnew W({ format: format.printf(messageFormatter) });\n",
  ],
  [
    'a dynamic import in a CommonJS module',
    "exports.f = async () => { const { default: W } = await import('winston-cloudwatch'); new W({ messageFormatter }); };\n",
    "exports.f = async () => { const { CloudWatchTransport: W } = await import('@putlogs/winston'); new W({ format: require('winston').format.printf(messageFormatter) }); };\n",
  ],
  [
    'a text in one object and another in what it is spread into',
    "import W from 'winston-cloudwatch';\nimport winston from 'winston';\nconst base = { messageFormatter: f };\nnew W({ ...base, jsonMessage: true });\nwinston.createLogger();\n",
    "import { CloudWatchTransport, jsonFormat } from '@putlogs/winston';\nimport winston from 'winston';\nconst base = { format: winston.format.printf(f) };\nnew CloudWatchTransport({ ...base, format: jsonFormat() });\nwinston.createLogger();\n",
  ],
  [
    'a prefix for a stream that may be empty',
    "import c from 'pino-cloudwatch';\nc({ stream: s ?? t, prefix: 'p' });\nc({ stream: undefined, prefix: 'p' });\nc({ stream: 's', prefix });\n",
    "import { createStream } from '@putlogs/pino';\ncreateStream({ logStreamName: (s ?? t) || 'p-{hostname}-{pid}' });\ncreateStream({ logStreamName: 'p-{hostname}-{pid}' });\ncreateStream({ logStreamName: 's' });\n",
  ],
  [
    'numbers that may be 0, nothing or a text',
    "import c from 'pino-cloudwatch';\nc({ interval: Number(x || 0) });\nc({ interval: +x || 0 });\nc({ interval: process.env.I ?? 2000 });\nc({ interval: '3000' });\nc({ interval: y ? 5 : null });\nc({ interval: null });\nc({ interval: 5 * 1000 });\nc({ interval: n * 1000 });\n",
    "import { createStream } from '@putlogs/pino';\ncreateStream({ flushIntervalMs: Number(x || 0) || undefined });\ncreateStream({ flushIntervalMs: +x || undefined });\ncreateStream({ flushIntervalMs: Number(process.env.I) || 2000 });\ncreateStream({ flushIntervalMs: 3000 });\ncreateStream({ flushIntervalMs: y ? 5 : undefined });\ncreateStream({  });\ncreateStream({ flushIntervalMs: 5 * 1000 });\ncreateStream({ flushIntervalMs: (n * 1000) || undefined });\n",
  ],
  [
    'a variable that its own value names',
    "import W from 'winston-cloudwatch';\nvar options = options || { awsRegion };\nnew W(options);\n",
    "import { CloudWatchTransport } from '@putlogs/winston';\nvar options = options || { region: awsRegion };\nnew CloudWatchTransport(options);\n",
  ],
  [
    'transports among others that are flushed',
    "import W from 'winston-cloudwatch';\nall.forEach((t) => t.kthxbye?.(done));\nif (t && t.kthxbye) t.kthxbye(done);\nif ('kthxbye' in t) t?.kthxbye?.();\n",
    "import { CloudWatchTransport } from '@putlogs/winston';\nall.forEach((t) => t.flush?.().then(done));\nif (t && t.flush) t.flush().then(done);\nif ('flush' in t) t?.flush?.();\n",
  ],
  [
    'all options on one line',
    "import c from 'pino-cloudwatch';\nc({ stdout: false, group, interval: 0, });\n",
    "import { createStream } from '@putlogs/pino';\ncreateStream({ logGroupName: group, });\n",
  ],
] as const;

test('in a line', async (t) => {
  const texts = await migrated(
    t,
    LINES.map(([, before]) => before),
  );
  for (const [index, [name, , after]] of LINES.entries()) t.is(texts[index], after, name);
});

const NAMED = "const W = require('winston-cloudwatch');\nlogger.add(new W({ name: 'aws' }));\n";

/** Each stays as it is in a file that is migrated, with the notes on it. */
const OF_OTHERS = [
  ['a provider', NAMED, "if (provider.name === 'aws') deploy();", /^'aws' stays/],
  ['a variable', NAMED, "if (name === 'aws') deploy();", /^'aws' stays/],
  ['a sum', NAMED, "const path = name + 'aws';", undefined],
  ['another list', NAMED, "clouds.find(({ name }) => name === 'aws');", /^'aws' stays/],
  [
    'another one',
    NAMED,
    "logger.transports.some((t) => t.id === cloud.name && cloud.name === 'aws');",
    /^'aws' stays/,
  ],
  ['all but one', NAMED, "logger.transports.filter((t) => t.name !== 'aws');", /^'aws' stays/],
  [
    'a class of the same name',
    "import W from 'winston-cloudwatch';\nnew W();\n",
    'function f(W) { return new W({ awsRegion, more: 1 }); }',
    undefined,
  ],
  [
    'a class within',
    "import W from 'winston-cloudwatch';\n",
    'class A extends W { f() { return class extends B { constructor() { super({ awsRegion }); } }; } }',
    undefined,
  ],
  [
    'a method of its own',
    "import W from 'winston-cloudwatch';\nnew W();\n",
    'const end = { kthxbye(done) { done(); } }; end.kthxbye(done);',
    /^kthxbye is left as it is/,
  ],
  [
    'a target by another variable',
    "const { f } = { f() { const target = 'pino-cloudwatch'; return target; } };\n",
    'function g(target) { return { target: target, options: { interval: 5 } }; }',
    undefined,
  ],
  [
    'a split of its own',
    "import c from 'pino-cloudwatch';\n",
    'function split() {} start(split(text), c()); process.stdin.pipe(split()).pipe(c());',
    undefined,
  ],
  [
    'a split with a function',
    "import c from 'pino-cloudwatch';\nimport split from 'split2';\n",
    'process.stdin.pipe(split(JSON.parse)).pipe(c());',
    /^split\(\): write whole lines/,
  ],
] as const;

test('what is not of the package stays as it is', async (t) => {
  const texts = OF_OTHERS.map(([, head, line]) => `${head}${line}\n`);
  const [after, all] = [await migrated(t, texts), await answers(t, texts)];
  for (const [index, [name, head, line, expectedNote]] of OF_OTHERS.entries()) {
    const kept = line
      .replaceAll(/\bc\(/g, 'createStream(')
      .replace('A extends W', 'A extends CloudWatchTransport');
    t.is(after[index]?.split('\n').at(-2), kept, name);
    const notes = all[index]?.notes ?? [];
    const lineNumber = head.split('\n').length;
    const [note, ...others] = notes.filter(({ line: at }) => at === lineNumber).map(({ text }) => text);
    if (expectedNote === undefined) t.is(note, undefined, name);
    else t.regex(note ?? '', expectedNote, name);
    t.deepEqual(others, [], name);
  }
});

test('options that are used elsewhere too are named there', async (t) => {
  const uses = [
    ['const o = { awsRegion };', 'new W(o);', 'start(o);', 'o is used here too'],
    ['const o = { awsRegion };', 'new W(o);', 'const { awsRegion: r } = o;', 'o is used here too'],
    ['const o = { a: { awsRegion } };', 'new W(o.a);', 'start(o.a.more);', 'o.a is used here too'],
    ['const f = () => ({ awsRegion });', 'new W(f());', 'start(f());', 'f is used here too'],
    ['', 'new W(o);', 'export const o = { awsRegion };', 'o is exported'],
    ['const o = { awsRegion };', 'new W(o); new W({ ...o });', '', undefined],
    ['const o = { a: { awsRegion }, port };', 'new W(o.a);', 'start(o.port);', undefined],
  ] as const;
  const all = await answers(
    t,
    uses.map((lines) => `import W from 'winston-cloudwatch';\n${lines.slice(0, 3).join('\n')}\n`),
  );
  for (const [index, [, , use, expectedNote]] of uses.entries()) {
    const notes = all[index]?.notes.filter(({ text }) => text.includes('have new names')) ?? [];
    const wanted =
      expectedNote === undefined ? [] : [{ line: 4, text: `${expectedNote}: its options have new names` }];
    t.deepEqual(notes, wanted, use);
  }
});

/** What is left to a person, in the second line, and the note on it. */
const TO_REVIEW = [
  ["new W({ logGroupName: () => 'a' + process.pid });", /^logGroupName takes no \{pid\}/],
  [
    'new W({ ...{ messageFormatter }, jsonMessage: true });',
    /^jsonMessage and messageFormatter are in different/,
  ],
  ['new W({ level: process.env.LEVEL });', /^level: winston-cloudwatch sent info and above/],
  ['new W({ uploadRate: rate });', /^flushIntervalMs: only a whole number from 1 to 3600000 is taken/],
  ['new W({ retentionInDays: days });', /^retentionInDays: only a number of days/],
  ['new W({ errorHandler: DEBUG ? f : undefined });', /^errorHandler is left out/],
  [
    'const f = (errorHandler) => new W({ errorHandler });',
    /^errorHandler: \.on\('warn', errorHandler\) throws/,
  ],
  ["t['kthxbye'](done);", /^'kthxbye' is left as it is/],
  [
    "jest.mock('winston-cloudwatch');",
    /^'winston-cloudwatch' stays as it is: change it as docs\/migrate\/wins/,
  ],
  ["export { default as T } from 'winston-cloudwatch';", /^'winston-cloudwatch' stays as it is/],
  ["const at = require.resolve('winston-cloudwatch/index.js');", /^'winston-cloudwatch\/index\.js' stays/],
  [
    "import T from 'winston-aws-cloudwatch';",
    /^'winston-aws-cloudwatch' stays.* docs\/migrate\/winston-aws-cl/,
  ],
  ["const name = 'pino-cloudwatch';", /^'pino-cloudwatch' stays as it is/],
  ['class T extends W { add(log) {} }', /^add has no effect/],
  ['class T extends W { f() { this.errorHandler = f; } }', /^errorHandler has no effect/],
] as const;

test('what is left to a person is named', async (t) => {
  const head = "import W from 'winston-cloudwatch';\n";
  const all = await answers(
    t,
    TO_REVIEW.map(([line]) => `${head}${line}\n`),
  );
  for (const [index, [line, note]] of TO_REVIEW.entries()) {
    const notes = all[index]?.notes.filter((each) => each.line === 2 && note.test(each.text));
    t.is(notes?.length, 1, line);
  }
});

test('a package whose name is all that a file has of it is named, and stays installed', async (t) => {
  const texts = [
    "export { default as T } from 'winston-cloudwatch';\n",
    "import T from 'winston-aws-cloudwatch';\n",
  ];
  const { code, stdout } = await answer(['migrate', ...written(t, texts, '.js')]);
  t.is(code, 0);
  t.regex(stdout, /0\.js:1: 'winston-cloudwatch' stays as it is/);
  t.regex(stdout, /1\.js:1: 'winston-aws-cloudwatch' stays as it is/);
  t.notRegex(stdout, /No file uses|npm/);
});

test('types in TypeScript', async (t) => {
  const texts = [
    "import type { PinoCloudwatchTransportOptions } from '@serdnam/pino-cloudwatch-transport';\nlet o: PinoCloudwatchTransportOptions;\n",
    "import W from 'winston-cloudwatch';\nlet w: W.LogObject;\n",
    "let w: import('winston-cloudwatch').LogObject;\n",
  ];
  const [options] = await migrated(t, texts, '.ts');
  t.is(options, "import type { Options } from '@putlogs/pino';\nlet o: Options;\n");
  const { stdout } = await answer(['migrate', ...written(t, texts, '.ts')]);
  t.regex(stdout, /1\.ts:2: LogObject: @putlogs\/winston exports nothing like it/);
  t.regex(stdout, /2\.ts:1: 'winston-cloudwatch' stays as it is/);
});

test('an option that is set elsewhere is named with its new name', async (t) => {
  const uses = ["o.awsRegion = 'a';", 'o.uploadRate = 1;', "o.awsAccessKeyId = 'a';", 'o.silent = true;'];
  const all = await answers(
    t,
    uses.map((use) => `import W from 'winston-cloudwatch';\nconst o = {};\nnew W(o);\n${use}\n`),
  );
  t.deepEqual(
    all.map(({ notes }) => notes.filter(({ line }) => line === 4).map(({ text }) => text)),
    [
      ['o is used here too: awsRegion is called region now'],
      ['o is used here too: uploadRate is called flushIntervalMs now'],
      ['o is used here too: change awsAccessKeyId as docs/migrate/winston-cloudwatch.md says'],
      [],
    ],
  );
});

test('an option of ours that had no effect before is named', async (t) => {
  const objects = ["{ region: 'a', awsRegion: 'b' }", "{ region: 'a' }", '{ awsRegion, credentials: keys }'];
  const all = await answers(
    t,
    objects.map((options) => using('winston-cloudwatch', options)),
  );
  t.deepEqual(
    all.map(({ notes }) => notes.map(({ text }) => text).filter((text) => text.includes('counts now'))),
    [
      [],
      ['region counts now: winston-cloudwatch has no such option'],
      ['credentials counts now: winston-cloudwatch has no such option'],
    ],
  );
});

test('JSX is parsed, except in files of TypeScript that have none', async (t) => {
  const element =
    "import W from 'winston-cloudwatch';\nexport const Page = () => <p>{new W({ awsRegion })}</p>;\n";
  for (const extension of ['.jsx', '.tsx', '.js']) {
    const [text = ''] = await migrated(t, [element], extension);
    t.regex(text, /<p>\{new CloudWatchTransport/);
  }
  const [text = ''] = await migrated(
    t,
    ["import W from 'winston-cloudwatch';\nconst w = <any>new W({ awsRegion });\n"],
    '.ts',
  );
  t.regex(text, /<any>new CloudWatchTransport\(\{ region: awsRegion \}\)/);
});

/** A use of a package's options. */
function using(page: string, options: string): string {
  if (page === 'winston-cloudwatch') return `const W = require('winston-cloudwatch'); new W(${options});`;
  if (page === 'pino-cloudwatch') return `const c = require('pino-cloudwatch'); c(${options});`;
  return `pino.transport({ target: '@serdnam/pino-cloudwatch-transport', options: ${options} });`;
}

/** What the texts become. */
async function migrated(
  t: ExecutionContext,
  texts: readonly string[],
  extension = '.js',
): Promise<readonly string[]> {
  const files = written(t, texts, extension);
  const { code, stdout } = await answer(['migrate', '--write', ...files]);
  t.is(code, 0, stdout);
  return files.map((file) => readFileSync(file, 'utf8'));
}

async function answers(t: ExecutionContext, texts: readonly string[]): Promise<readonly Answer[]> {
  return JSON.parse((await answer(['migrate', '--json', ...written(t, texts, '.js')])).stdout);
}

function written(t: ExecutionContext, texts: readonly string[], extension: string): readonly string[] {
  const folder = application(t);
  return texts.map((text, index) => {
    const file = join(folder, `${index}${extension}`);
    writeFileSync(file, text);
    return file;
  });
}

/** The program before and the one after. */
function programsOf(page: string): readonly [string, string] {
  const programs = readFileSync(join(pages, `${page}.md`), 'utf8').matchAll(/```js\n([\s\S]*?)```/g);
  const [before = '', after = ''] = Array.from(programs, ([, code = '']) => code);
  return [before, after];
}

function expected(name: string): string {
  return readFileSync(join(migrations, name), 'utf8');
}

/** Applies differences in the unified format. */
function patched(before: string, diff: string): string {
  const lines = before.split('\n');
  const output: string[] = [];
  let position = 0;
  for (const [, start = '', body = ''] of diff.matchAll(/^@@ -(\d+),\d+ \+\d+,\d+ @@\n((?:[ +-].*\n)*)/gm)) {
    output.push(...lines.slice(position, Number(start) - 1));
    position = Number(start) - 1;
    for (const line of body.split('\n').slice(0, -1)) {
      if (line[0] !== '+' && lines[position++] !== line.slice(1))
        throw new Error(`${line} is not at ${position}`);
      if (line[0] !== '-') output.push(line.slice(1));
    }
  }
  return [...output, ...lines.slice(position)].join('\n');
}

test('a file that is not UTF-8 stays as it is', async (t) => {
  const folder = application(t);
  const latin1 = Buffer.from("import W from 'winston-cloudwatch'; // caf\u00e9\nnew W({});\n", 'latin1');
  writeFileSync(join(folder, 'logger.js'), latin1);
  const { code, stdout } = await answer(['migrate', '--write', 'logger.js'], { cwd: folder });
  t.is(code, 1);
  t.regex(stdout, /^logger\.js stays as it is: it is not UTF-8$/m);
  t.deepEqual(readFileSync(join(folder, 'logger.js')), latin1);
});

test('a file that is written keeps its mode, and a link to it stays a link', async (t) => {
  const folder = application(t);
  writeFileSync(join(folder, 'logger.mjs'), "import W from 'winston-cloudwatch';\nnew W({});\n");
  chmodSync(join(folder, 'logger.mjs'), 0o755);
  symlinkSync('logger.mjs', join(folder, 'link.mjs'));
  const { code } = await answer(['migrate', '--write', 'link.mjs'], { cwd: folder });
  t.is(code, 0);
  t.true(lstatSync(join(folder, 'link.mjs')).isSymbolicLink());
  t.regex(readFileSync(join(folder, 'logger.mjs'), 'utf8'), /@putlogs\/winston/);
  t.is(statSync(join(folder, 'logger.mjs')).mode & 0o777, 0o755);
  t.deepEqual(readdirSync(folder).toSorted(), ['link.mjs', 'logger.mjs', 'package.json']);
});
