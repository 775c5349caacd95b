import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { type Config, ConfigError, type Options, resolveConfig } from '@putlogs/core';
import { foreignVariables, OPTIONS, variableOf } from '@putlogs/core/internal';
import { createStream } from '@putlogs/pino';
import { CloudWatchTransport } from '@putlogs/winston';
import test from 'ava';
import fc from 'fast-check';

const FOLDER = mkdtempSync(join(tmpdir(), 'putlogs-certificates-'));
const CA_FILE = join(FOLDER, 'ca.pem');
const NOT_PEM = join(FOLDER, 'not.pem');
/** A certificate, and one that is cut off. */
const BROKEN = join(FOLDER, 'broken.pem');
const [certificate = '', other = ''] = rootCertificates;
writeFileSync(CA_FILE, `# with a comment\n${certificate}\n${other}\n`);
writeFileSync(NOT_PEM, 'hello');
writeFileSync(BROKEN, `${certificate}\n${other.replace(/\n[^\n]+\n-----END/, '\n-----END')}\n`);
test.after.always(() => rmSync(FOLDER, { recursive: true }));

/** A file that can be loaded: this one. */
const MODULE = fileURLToPath(import.meta.url);

const ROLE = 'arn:aws:iam::123456789012:role/path/logs';
const KEYS = { accessKeyId: 'AKIA', secretAccessKey: 'hunter2' };

type Env = Record<string, string | undefined>;

const group = { logGroupName: '/app' };

/** Options as from JavaScript or JSON, without type checks. */
const resolve = (options: object, env: Env = {}): Config => resolveConfig(options as Options, env);

function refusal(options: object, env: Env = {}): ConfigError {
  try {
    resolve(options, env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const refused = (options: object, env: Env = {}) =>
  refusal(options, env).problems.map(({ option }) => option);

test('a missing log group names the unknown variables that may have been meant', (t) => {
  const error = t.throws(() => resolveConfig({}, { PUTLOGS_GROUP: '/my/app' }), { instanceOf: ConfigError });
  t.regex(error?.message ?? '', /logGroupName .*given: nothing \(but the unknown PUTLOGS_GROUP\)/);
});

test('logGroupName is the only required option; the others have defaults', (t) => {
  t.deepEqual(resolve(group), {
    logGroupName: '/app',
    logStreamName: '{instance}/{pid}',
    region: undefined,
    endpoint: undefined,
    proxy: undefined,
    caFile: undefined,
    profile: undefined,
    credentials: undefined,
    roleArn: undefined,
    roleSessionName: undefined,
    externalId: undefined,
    module: undefined,
    service: undefined,
    serviceField: undefined,
    environment: undefined,
    entity: undefined,
    createLogGroup: true,
    createLogStream: true,
    retentionInDays: undefined,
    tags: undefined,
    kmsKeyId: undefined,
    logGroupClass: undefined,
    deletionProtectionEnabled: false,
    flushIntervalMs: 1000,
    maxInFlight: 4,
    maxLogStreams: 250,
    maxBufferBytes: 67_108_864,
    maxRecordBytes: undefined,
    spoolDirectory: undefined,
    spoolMaxBytes: 536_870_912,
    deadLetterFile: undefined,
    deadLetterMaxBytes: 67_108_864,
    maxBytesPerSecond: undefined,
    requestTimeoutMs: 10_000,
    closeTimeoutMs: 8000,
    levelLabels: false,
    fallback: undefined,
    gzip: true,
    reportToStderr: true,
  });
});

test('without a log group, the ConfigError says how to set it', (t) => {
  t.deepEqual(refusal({}).problems, [
    {
      option: 'logGroupName',
      variable: 'PUTLOGS_LOG_GROUP_NAME',
      expected:
        '1 to 512 letters, digits and . - _ / #, not starting with "aws/", and braces only around instance, hostname, service, environment and record.field',
      given: 'nothing',
    },
  ]);
});

test('without options, those of the environment are used', (t) => {
  t.is(resolveConfig(undefined, { PUTLOGS_LOG_GROUP_NAME: '/app' }).logGroupName, '/app');
});

test('an option that is undefined counts as not given', (t) => {
  t.is(resolve({ ...group, flushIntervalMs: undefined }).flushIntervalMs, 1000);
  t.is(resolve({ ...group, region: undefined }, { PUTLOGS_REGION: 'a-1' }).region, 'a-1');
});

for (const [option, variable] of [
  ['logGroupName', 'PUTLOGS_LOG_GROUP_NAME'],
  ['kmsKeyId', 'PUTLOGS_KMS_KEY_ID'],
  ['region', 'PUTLOGS_REGION'],
  ['flushIntervalMs', 'PUTLOGS_FLUSH_INTERVAL_MS'],
  ['entity.resourceType', 'PUTLOGS_ENTITY_RESOURCE_TYPE'],
  ['entity.name', 'PUTLOGS_ENTITY_NAME'],
] as const) {
  test(`the variable of ${option} is ${variable}`, (t) => t.is(variableOf(option), variable));
}

/** For each option, the text of a variable and the value that it means, which is not the default. */
const VARIABLES: Readonly<Record<string, readonly [text: string, value: unknown]>> = {
  logGroupName: ['/from/env', '/from/env'],
  logStreamName: ['{uuid}', '{uuid}'],
  region: ['eu-central-1', 'eu-central-1'],
  endpoint: ['http://127.0.0.1:4599', 'http://127.0.0.1:4599'],
  proxy: ['http://proxy:3128', 'http://proxy:3128'],
  caFile: [CA_FILE, CA_FILE],
  profile: ['logs', 'logs'],
  roleArn: [ROLE, ROLE],
  module: [MODULE, MODULE],
  service: ['checkout', 'checkout'],
  serviceField: ['service.name', 'service.name'],
  environment: ['ecs:prod', 'ecs:prod'],
  entity: ['false', false],
  createLogGroup: ['false', false],
  createLogStream: ['false', false],
  retentionInDays: ['30', 30],
  tags: ['team=shop,cost%20centre=7', { team: 'shop', 'cost centre': '7' }],
  kmsKeyId: ['arn:aws:kms:eu-central-1:1:key/2', 'arn:aws:kms:eu-central-1:1:key/2'],
  logGroupClass: ['INFREQUENT_ACCESS', 'INFREQUENT_ACCESS'],
  deletionProtectionEnabled: ['true', true],
  flushIntervalMs: ['250', 250],
  maxInFlight: ['7', 7],
  maxLogStreams: ['100', 100],
  maxBufferBytes: ['8388608', 8_388_608],
  maxRecordBytes: ['10000', 10_000],
  spoolDirectory: ['/var/spool/putlogs', '/var/spool/putlogs'],
  spoolMaxBytes: ['8388608', 8_388_608],
  deadLetterFile: ['/var/log/dead.ndjson', '/var/log/dead.ndjson'],
  deadLetterMaxBytes: ['1048576', 1_048_576],
  maxBytesPerSecond: ['100000', 100_000],
  requestTimeoutMs: ['5000', 5000],
  closeTimeoutMs: ['0', 0],
  levelLabels: ['true', true],
  fallback: ['stderr', 'stderr'],
  gzip: ['false', false],
  reportToStderr: ['false', false],
};

/** Tested on their own: they have no variable, or mean something only with another option. */
const OTHERS = ['credentials', 'roleSessionName', 'externalId'];

test('the table of this test contains every option', (t) => {
  t.deepEqual([...Object.keys(VARIABLES), ...OTHERS].toSorted(), Object.keys(OPTIONS).toSorted());
});

for (const name of Object.keys(VARIABLES)) {
  const [text = '', value] = VARIABLES[name] ?? [];
  const variable = `PUTLOGS_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
  const needed: Env = { PUTLOGS_LOG_GROUP_NAME: '/app' };

  test(`${variable} sets ${name}`, (t) => {
    t.deepEqual(Reflect.get(resolve({}, { ...needed, [variable]: text }), name), value);
    t.notDeepEqual(Reflect.get(resolve({}, needed), name), value, 'a value other than the default');
  });

  test(`the option ${name} has precedence over ${variable}`, (t) => {
    t.deepEqual(Reflect.get(resolve({ [name]: value }, { ...needed, [variable]: '!' }), name), value);
  });

  test(`an empty ${variable} counts as unset`, (t) => {
    const config =
      name === 'logGroupName'
        ? resolve(group, { [variable]: '' })
        : resolve({}, { ...needed, [variable]: '' });
    t.deepEqual(config, resolve(group));
  });
}

for (const [what, option, env, region] of [
  [
    'the option',
    'option-1',
    { PUTLOGS_REGION: 'own-1', AWS_REGION: 'std-1', AWS_DEFAULT_REGION: 'dflt-1' },
    'option-1',
  ],
  [
    'PUTLOGS_REGION',
    undefined,
    { PUTLOGS_REGION: 'own-1', AWS_REGION: 'std-1', AWS_DEFAULT_REGION: 'dflt-1' },
    'own-1',
  ],
  ['AWS_REGION', undefined, { AWS_REGION: 'std-1', AWS_DEFAULT_REGION: 'dflt-1' }, 'std-1'],
  ['AWS_DEFAULT_REGION', undefined, { AWS_DEFAULT_REGION: 'dflt-1' }, 'dflt-1'],
  [
    'AWS_DEFAULT_REGION where the others are empty',
    undefined,
    { PUTLOGS_REGION: '', AWS_REGION: '', AWS_DEFAULT_REGION: 'dflt-1' },
    'dflt-1',
  ],
  [
    'the default where all are empty',
    undefined,
    { PUTLOGS_REGION: '', AWS_REGION: '', AWS_DEFAULT_REGION: '' },
    undefined,
  ],
] as const) {
  test(`the Region comes from ${what}`, (t) =>
    t.is(resolve({ ...group, region: option }, env).region, region));
}

test('the error for a serviceField with the prefix "record." says to leave the prefix out', (t) => {
  const [problem] = refusal({ ...group, serviceField: 'record.module' }).problems;
  t.regex(problem?.expected ?? '', /without the "record\."/);
  t.is(problem?.given, "'record.module'");
});

test('the error for a stray brace contains the option, its variable, what was expected and what was given', (t) => {
  t.deepEqual(refusal(group, { PUTLOGS_LOG_STREAM_NAME: '{record.tenant' }).problems, [
    {
      option: 'logStreamName',
      variable: 'PUTLOGS_LOG_STREAM_NAME',
      expected:
        'a template of 1 to 512 characters, in which braces stand only around instance, hostname, pid, service, environment, date, uuid and record.field',
      given: "'{record.tenant' (in PUTLOGS_LOG_STREAM_NAME)",
    },
  ]);
});

for (const [value, given] of [
  ['https://user:hunter2@proxy:99999', "'https://…@proxy:99999'"],
  ['socks5://user:hunter2@proxy', "'socks5://…@proxy'"],
  ['user:hunter2@proxy:3128', "'…@proxy:3128'"],
  ['127.0.0.1:3101', "'127.0.0.1:3101'"],
] as const) {
  test(`a value is shown with its quotes and its scheme, without the password: ${given}`, (t) => {
    const [problem] = refusal(group, { PUTLOGS_PROXY: value }).problems;
    t.is(problem?.given, `${given} (in PUTLOGS_PROXY)`);
    t.regex(problem?.expected ?? '', /such as http:\/\/proxy:3128$/);
  });
}

for (const [option, template, flaw] of [
  ['logGroupName', '/apps/{tenant}', ', which contains {tenant} (did you mean {record.tenant}?)'],
  ['logStreamName', '{http.host}', ', which contains {http.host} (did you mean {record.http.host}?)'],
  ['logStreamName', '{hostnme}', ', which contains {hostnme} (did you mean hostname?)'],
  ['logGroupName', '/apps/{date}', ', which contains {date}'],
] as const) {
  test(`the error for the template ${template} says what it may mean`, (t) => {
    const [problem] = refusal({ ...group, [option]: template }).problems;
    t.is(problem?.given, `'${template}'${flaw}`);
  });
}

test('an error names the variable that the value is from, and none for a value that is given in code', (t) => {
  const headOf = (error: Error) => /^ {2}(.*?):/m.exec(error.message)?.[1];
  t.is(headOf(refusal({ ...group, caFile: '/none' })), 'caFile');
  t.is(headOf(refusal(group, { AWS_CA_BUNDLE: '/none' })), 'caFile (environment variable AWS_CA_BUNDLE)');
  t.is(headOf(refusal({}, {})), 'logGroupName (environment variable PUTLOGS_LOG_GROUP_NAME)');
});

test('the error for an invalid standard variable contains its name', (t) => {
  const [problem] = refusal(group, { AWS_REGION: 'Frankfurt am Main' }).problems;
  t.is(problem?.option, 'region');
  t.is(problem?.variable, 'AWS_REGION');
  t.is(problem?.given, "'Frankfurt am Main' (in AWS_REGION)");
});

for (const [option, values] of Object.entries({
  logGroupName: [
    '/a',
    'a'.repeat(512),
    '.-_/#aZ09',
    'awsx',
    '/aws/lambda/x',
    '{service}',
    '/apps/{service}/{environment}/{instance}/{hostname}',
    '/apps/{record.tenant}/{record.http.request id}',
  ],
  logStreamName: [
    'a',
    'x'.repeat(512),
    'a b:c',
    '{instance}{hostname}{pid}{service}{environment}{date}{uuid}',
    '{record.tenant}/{record.http.request-id}/{record.pid}/{instance}',
  ],
  region: ['eu-central-1', 'local', 'x'.repeat(63)],
  endpoint: ['http://localhost:4599', 'https://vpce-1.logs.eu-central-1.vpce.amazonaws.com/path'],
  caFile: [CA_FILE],
  module: [MODULE],
  profile: ['default', 'a b', 'x'.repeat(256)],
  credentials: [KEYS, { ...KEYS, sessionToken: 'token' }],
  roleArn: [ROLE, 'arn:aws-us-gov:iam::123456789012:role/a', 'arn:aws-cn:iam::123456789012:role/a+=,.@-_'],
  proxy: [false, 'http://proxy:3128', 'https://user:p%40ss@proxy', 'http://[::1]:3128'],
  service: ['a', ' padded ', 'x'.repeat(512), 'a "quoted" \\ name'],
  serviceField: ['service', 'service.name', 'a b', '@service', 'record', 'records.a', 'a.record.b'],
  environment: ['eks:prod/shop', 'x'.repeat(512)],
  entity: [false, { name: 'x' }],
  createLogGroup: [true, false],
  createLogStream: [true, false],
  retentionInDays: [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
  ],
  tags: [
    { a: '' },
    { ['k'.repeat(128)]: 'v'.repeat(256) },
    Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, 'v'])),
  ],
  kmsKeyId: ['a', 'x'.repeat(256)],
  logGroupClass: ['STANDARD', 'INFREQUENT_ACCESS', 'ESSENTIALS', 'DELIVERY'],
  deletionProtectionEnabled: [true, false],
  flushIntervalMs: [1, 3_600_000],
  maxInFlight: [1, 50],
  maxLogStreams: [1, 5000],
  maxBufferBytes: [8_388_608, 68_719_476_736],
  maxRecordBytes: [1024, 68_719_476_736],
  spoolDirectory: ['spool', '/a b/é'],
  spoolMaxBytes: [8_388_608, 1_099_511_627_776],
  deadLetterFile: ['dead.ndjson'],
  deadLetterMaxBytes: [1_048_576, 1_099_511_627_776],
  maxBytesPerSecond: [1024, 1_073_741_824],
  requestTimeoutMs: [100, 300_000],
  closeTimeoutMs: [0, 8500],
  levelLabels: [true, false],
  fallback: ['stdout', 'stderr'],
  gzip: [true, false],
  reportToStderr: [true, false],
})) {
  test(`${option} accepts every valid value`, (t) => {
    for (const value of values) {
      t.deepEqual(Reflect.get(resolve({ ...group, [option]: value }), option), value);
    }
  });
}

for (const [option, values] of Object.entries({
  logGroupName: [
    '',
    'a'.repeat(513),
    'a b',
    'é',
    'a:b',
    'aws/lambda',
    'AWS/x',
    'a\n',
    '/apps/{date}',
    '/apps/{pid}',
    '/apps/{uuid}',
    '/apps/{tenant}',
    '/apps/{record.}',
    '/apps/{service',
    '/apps/{{service}}',
    '/a b/{service}',
    'aws/{service}',
    7,
    true,
  ],
  logStreamName: [
    '',
    'x'.repeat(513),
    '{hostnam}',
    '{PID}',
    '{pid}{nonsense}',
    '{tenant.id}',
    '{record}',
    '{record.}',
    '{record.a..b}',
    '{record..a}',
    '{record.a',
    'a}',
    '{',
    '}{',
    '{}',
    '{{pid}}',
    '{pid}}',
    '{pid{pid}}',
    '{a b}',
    '{ pid }',
    '{ record.a }',
    '{record. a}',
    '{record.a }',
    '{record.a. b}',
    '{constructor}',
    7,
  ],
  region: ['', 'EU-central-1', 'eu central', 'x'.repeat(64), 'a-1\n', 7],
  endpoint: ['', 'localhost:4599', 'ftp://localhost', 'http://', 'http://user@host', '/path', 7],
  profile: ['', ' ', '[logs]', 'a\nb', 'x'.repeat(257), 7],
  credentials: [
    'AKIA:hunter2',
    {},
    { accessKeyId: 'AKIA' },
    { ...KEYS, accessKeyId: '' },
    { ...KEYS, sessionToken: 7 },
    { ...KEYS, secretAccessKey: 'a b' },
    () => KEYS,
    [KEYS],
    true,
  ],
  roleArn: ['', 'logs', 'arn:aws:iam::1:role/a', 'arn:aws:iam::123456789012:user/a', `${ROLE}\n`, 7],
  module: [
    '',
    './nix.js',
    '/nix.js',
    'file:///nix.js',
    'https://example.com/a.js',
    'nix',
    'fs',
    'node:fs',
    'a\0b',
    FOLDER,
    7,
    true,
    {},
  ],
  caFile: ['', '/does/not/exist.pem', 'a\0b', FOLDER, NOT_PEM, BROKEN, 7, true],
  proxy: ['', 'proxy:3128', 'socks5://proxy', 'http://', 'http://u:%zz@proxy', true, 7],
  service: ['', ' ', 'x'.repeat(513), 'café', 'a\tb', 'a\u007fb', 7],
  serviceField: [
    '',
    ' ',
    '.',
    'a.',
    '.a',
    'a..b',
    ' a',
    'a ',
    'a .b',
    '{service}',
    'record.module',
    'record.a.b',
    7,
  ],
  environment: ['', ' ', 'x'.repeat(513), 'prød', 7],
  entity: [true, 'false', 7, [], [{ name: 'x' }]],
  createLogGroup: ['true', 0, 1, 'yes'],
  createLogStream: ['true', 0, 1, 'yes'],
  deletionProtectionEnabled: ['true', 0, 1],
  retentionInDays: [0, 2, 29, 31, 3654, 30.5, -1, '30', Number.NaN],
  tags: [
    {},
    [],
    'a=b',
    { '': 'x' },
    { ['k'.repeat(129)]: 'x' },
    { 'a!': 'x' },
    { a: 'x,y' },
    { a: 'v'.repeat(257) },
    { a: 7 },
    { a: undefined },
    Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, 'v'])),
  ],
  kmsKeyId: ['', 'x'.repeat(257), 7],
  logGroupClass: ['standard', '', 'OTHER', 7],
  flushIntervalMs: [0, -1, 3_600_001, 1.5, '1000', Number.NaN, Number.POSITIVE_INFINITY],
  maxInFlight: [0, 51, 1.5, '4'],
  maxLogStreams: [0, 5001, 1.5, '4'],
  maxBufferBytes: [0, 8_388_607, 68_719_476_737, '8388608'],
  maxRecordBytes: [0, 1023, 68_719_476_737, 2000.5, '10000'],
  spoolDirectory: ['', 'a\0b', 7, true],
  spoolMaxBytes: [0, 8_388_607, 1_099_511_627_777],
  deadLetterFile: ['', 'a\0b', 7],
  deadLetterMaxBytes: [0, 1_048_575, 1_099_511_627_777],
  maxBytesPerSecond: [0, 1023, 1_073_741_825, 2000.5, '10000'],
  requestTimeoutMs: [0, 99, 300_001],
  closeTimeoutMs: [-1, 8501, 0.5],
  levelLabels: ['true', 1],
  fallback: ['', 'STDOUT', 'console', true, 1],
  gzip: ['false', 0, 'off'],
  reportToStderr: ['false', 0],
})) {
  test(`${option} rejects null and every other invalid value`, (t) => {
    for (const value of [null, ...values]) {
      t.deepEqual(refused({ ...group, [option]: value }), [option], JSON.stringify(value));
    }
  });
}

for (const [variable, texts] of Object.entries({
  PUTLOGS_LOG_GROUP_NAME: ['a b'],
  PUTLOGS_ENDPOINT: ['localhost:4599'],
  PUTLOGS_PROXY: ['proxy:3128', 'true', 'socks5://proxy'],
  PUTLOGS_ENTITY: ['true', '{"name":"x"}'],
  PUTLOGS_CREATE_LOG_GROUP: ['yes', 'on', '2', ' '],
  PUTLOGS_RETENTION_IN_DAYS: ['2', 'ever', '30d', '3e1', '-1', '30.0', ' '],
  PUTLOGS_TAGS: ['team', '%', '=x', 'a=b,junk', 'a=b,c=100%'],
  PUTLOGS_FLUSH_INTERVAL_MS: ['0', '1s', '0x10', '1000.5', '1_000'],
  PUTLOGS_GZIP: ['no'],
})) {
  test(`the error for an invalid ${variable} names the variable`, (t) => {
    for (const text of texts) {
      const { problems } = refusal(variable === 'PUTLOGS_LOG_GROUP_NAME' ? {} : group, { [variable]: text });
      t.is(problems.length, 1, text);
      t.is(problems[0]?.variable, variable);
      t.regex(problems[0]?.given ?? '', new RegExp(`\\(in ${variable}\\)$`));
    }
  });
}

for (const [text, value] of [
  ['true', true],
  ['1', true],
  [' TRUE ', true],
  ['false', false],
  ['0', false],
  ['False', false],
] as const) {
  test(`the text "${text}" of a variable means ${value}`, (t) => {
    t.is(resolve(group, { PUTLOGS_GZIP: text }).gzip, value);
    t.is(resolve(group, { PUTLOGS_CREATE_LOG_GROUP: text }).createLogGroup, value);
  });
}

test('a number in a variable may have spaces around it', (t) => {
  t.is(resolve(group, { PUTLOGS_MAX_IN_FLIGHT: ' 7\n' }).maxInFlight, 7);
});

for (const [name, hint] of [
  ['awsRegion', ' (did you mean region?)'],
  ['logGroup', ' (did you mean logGroupName?)'],
  ['flushInterval', ' (did you mean flushIntervalMs?)'],
  ['LOGGROUPNAME', ' (did you mean logGroupName?)'],
  ['retentionDays', ' (did you mean retentionInDays?)'],
  ['zzz', ''],
  ['group', ' (did you mean logGroupName?)'],
  ['stream', ' (did you mean logStreamName?)'],
  ['interval', ' (did you mean flushIntervalMs?)'],
  ['uploadRate', ' (did you mean flushIntervalMs?)'],
  ['ensureLogGroup', ' (did you mean createLogGroup?)'],
] as const) {
  test(`the unknown option ${name} is an error${hint}`, (t) => {
    t.deepEqual(refusal({ ...group, [name]: 'x' }).problems, [
      { option: name, expected: `a known option${hint}`, given: 'an unknown one' },
    ]);
  });
}

for (const [names, troubleshooting] of [
  [
    ['awsAccessKeyId', 'awsSecretAccessKey', 'awsSecretKey'],
    /use credentials: .* or roleArn; .*AWS SDK finds.* a role, AWS_PROFILE/,
  ],
  [['awsOptions', 'cloudWatchLogs'], /use region and endpoint; use credentials: /],
  [['level'], /to the logger, to Winston's transport, or beside `target`/],
  [['name'], /service, .*logGroupName and logStreamName/],
  [['batchSize'], /flushIntervalMs and maxBufferBytes/],
  [['jsonMessage', 'messageFormatter', 'formatter'], /export a function format from a file/],
  [['errorHandler'], /'report'/],
] as const) {
  test(`the error for an option of another transport says what to use instead: ${names.join(', ')}`, (t) => {
    for (const name of names) {
      const [problem, ...more] = refusal({ ...group, [name]: 'hunter2' }).problems;
      t.regex(problem?.expected ?? '', troubleshooting, name);
      t.is(more.length, 0);
      t.false(JSON.stringify(problem).includes('hunter2'));
    }
  });
}

for (const [what, options] of [
  ['null', null],
  ['a string', 'hunter2'],
  ['an array', ['/app']],
  [
    'a function',
    function options() {
      return {};
    },
  ],
  ['a number', 7],
] as const) {
  test(`${what} instead of an options object is a ConfigError`, (t) => {
    const expected = [{ option: 'options', expected: 'an object', given: what }];
    t.deepEqual(refusal(options as unknown as object).problems, expected);
    for (const open of [
      () => new CloudWatchTransport(options as never),
      () => createStream(options as never),
    ]) {
      t.deepEqual(t.throws(open, { instanceOf: ConfigError })?.problems, expected);
    }
  });
}

test('an endpoint may be a URL object', (t) => {
  t.is(
    resolve({ ...group, endpoint: new URL('http://localhost:4599/a') }).endpoint,
    'http://localhost:4599/a',
  );
  t.deepEqual(refused({ ...group, endpoint: new URL('ftp://localhost') }), ['endpoint']);
  t.deepEqual(refused({ ...group, endpoint: new URL('http://user@localhost') }), ['endpoint']);
  t.deepEqual(refused({ ...group, logGroupName: new URL('http://localhost') }), ['logGroupName']);
});

test('module may be a file URL, also as a URL object', (t) => {
  const url = pathToFileURL(MODULE);
  t.is(resolve({ ...group, module: url }).module, MODULE);
  t.is(resolve({ ...group, module: url.href }).module, MODULE);
});

for (const [module, given] of [
  ['./nix.js', /^'\.\/nix\.js', which is not found in \/.+$/],
  ['nix', /^'nix', which is not found in [^()]+$/],
  ['README.md', /^'README\.md', which is not found in .+ \(did you mean \.\/README\.md\?\)$/],
  ['/nix.js', /^'\/nix\.js', which does not exist$/],
  [new URL('file:///nix.js'), /^'file:\/\/\/nix\.js', which does not exist$/],
  ['node:fs', /^'node:fs', which is a module of Node$/],
  ['file://host/nix.js', /, which cannot be resolved \(ERR_INVALID_FILE_URL_HOST\)$/],
] as const) {
  test(`the error for a module says what is wrong with it: ${module}`, (t) => {
    const [problem] = refusal({ ...group, module }).problems;
    t.regex(problem?.given ?? '', given);
  });
}

for (const [name, value] of [
  ['credentials', () => KEYS],
  ['logGroupName', () => '/app'],
  ['logStreamName', () => 'all'],
  ['module', { format: String }],
  ['tags', { team: () => 'shop' }],
  ['entity', { name: 'a', environment: 'b', attributes: { deep: () => 'c' } }],
  ['onError', () => undefined],
  ['awsOptions', { a: [{ credentials: () => KEYS }] }],
] as const) {
  test(`a function in the option ${name} is a ConfigError that shows the way`, (t) => {
    for (const worker of [true, false])
      for (const open of [
        () => new CloudWatchTransport({ ...group, [name]: value, worker } as never),
        () => createStream({ ...group, [name]: value, worker } as never),
      ])
        t.regex(
          t.throws(open, { instanceOf: ConfigError })?.message ?? '',
          /functions cannot cross to a worker thread, but the file that the option module names may export credentials, /,
        );
  });
}

for (const name of ['filter', 'onReport', 'requestHandler', 'messageFormatter', 'format'])
  test(`the option ${name} belongs into a module, and the ConfigError says so`, (t) => {
    for (const value of [() => undefined, { a: 1 }])
      t.regex(
        refusal({ ...group, [name]: value }).message,
        /export (?:it|a function format) from a file, and name that in the option module;/,
      );
  });

test('an object that contains itself, and a getter that throws, are no functions', (t) => {
  const value: Record<string, unknown> = {
    get a() {
      throw new Error('read');
    },
  };
  value.self = value;
  t.notRegex(refusal({ ...group, logStreamName: value, zzz: value }).message, /option module/);
});

for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
  test(`an option named ${name} is unknown`, (t) => {
    const options = JSON.parse(`{"logGroupName":"/app","${name}":{"gzip":false}}`) as object;
    t.deepEqual(refused(options), [name]);
  });
}

for (const [variable, hint] of [
  ['PUTLOGS_LOG_GROUP', ' (did you mean PUTLOGS_LOG_GROUP_NAME?)'],
  ['PUTLOGS_FLUSH_INTERVAL', ' (did you mean PUTLOGS_FLUSH_INTERVAL_MS?)'],
  ['PUTLOGS_ENTITY_NAMES', ' (did you mean PUTLOGS_ENTITY_NAME?)'],
  ['PUTLOGS_REIGON', ' (did you mean PUTLOGS_REGION?)'],
  ['PUTLOGS_SERVICE_NAME', ' (did you mean PUTLOGS_SERVICE?)'],
  ['PUTLOGS_ENDPOINT_URL', ' (did you mean PUTLOGS_ENDPOINT?)'],
  ['PUTLOGS_GROUP_NAME', ' (did you mean PUTLOGS_LOG_GROUP_NAME?)'],
  ['PUTLOGS_STREAM_NAME', ' (did you mean PUTLOGS_LOG_STREAM_NAME?)'],
] as const) {
  test(`the unknown variable ${variable} is an error${hint}`, (t) => {
    t.deepEqual(refusal(group, { [variable]: 'x' }).problems, [
      { variable, expected: `a known variable${hint}`, given: 'an unknown one' },
    ]);
  });
}

test('unknown variables that are not similar to a known one are no error', (t) => {
  const env = {
    PUTLOGS_GROUP: 'hunter2',
    PUTLOGS_ENABLED: 'hunter2',
    PUTLOGS_STREAM_PREFIX: 'hunter2',
    PUTLOGS_CREATE_GROUP: 'true',
    PUTLOGS_MULTILINE_PATTERN: '^x',
  };
  t.deepEqual(resolve(group, env), resolve(group));
  t.deepEqual(
    foreignVariables({ ...env, PUTLOGS_REGION: 'a-1', PUTLOGS_PORT: '7', PATH: '/' }),
    Object.keys(env),
  );
});

test('variables of other programs are ignored', (t) => {
  t.deepEqual(
    resolve(group, { PATH: '/bin', AWS_PROFILE: 'x', AWSLOG_X: 'y', putlogs_region: 'z' }),
    resolve(group),
  );
});

test('variables that Kubernetes sets for a Service named putlogs are ignored', (t) => {
  const env = {
    PUTLOGS_SERVICE_HOST: '10.0.0.1',
    PUTLOGS_SERVICE_PORT: '4586',
    PUTLOGS_SERVICE_PORT_HTTP: '4586',
    PUTLOGS_PORT: 'tcp://10.0.0.1:4586',
    PUTLOGS_PORT_4586_TCP_ADDR: '10.0.0.1',
  };
  t.deepEqual(resolve(group, env), resolve(group));
  t.is(refused(group, { PUTLOGS_SERVICE_NAME: 'x' }).length, 1);
});

test('one error lists everything that is wrong', (t) => {
  const error = refusal(
    { logGroup: '/app', gzip: 'yes', maxInFlight: 0, entity: { type: 'Service', nmae: 'x' } },
    { PUTLOGS_RETENTION_IN_DAYS: '2', PUTLOGS_GZPI: 'x' },
  );
  t.deepEqual(error.problems.map(({ option, variable = '' }) => option ?? variable).toSorted(), [
    'PUTLOGS_GZPI',
    'entity.name',
    'entity.nmae',
    'gzip',
    'logGroup',
    'logGroupName',
    'maxInFlight',
    'retentionInDays',
  ]);
  t.is(error.name, 'ConfigError');
  const lines = error.message.split('\n');
  t.is(lines.length, 9);
  t.is(lines[0], 'putlogs cannot start with this configuration:');
  t.true(lines.some((line) => line.startsWith('  environment variable PUTLOGS_GZPI: expected a known')));
  t.true(
    lines.some((line) =>
      line.startsWith('  logGroup: expected a known option (did you mean logGroupName?);'),
    ),
  );
  t.true(
    lines.some((line) =>
      line.startsWith('  retentionInDays (environment variable PUTLOGS_RETENTION_IN_DAYS): expected one of'),
    ),
  );
  t.true(lines.some((line) => line.startsWith('  gzip: expected true or')));
});

for (const [what, options, env] of [
  ['an unknown option', { awsSecretAccessKey: 'hunter2' }, {}],
  ['an unknown option that is an object', { awsOptions: { secretAccessKey: 'hunter2' } }, {}],
  ['an unknown variable', {}, { PUTLOGS_SERVICE_KEY: 'hunter2' }],
  ['the password of a URL', { endpoint: 'https://user:hunter2@host' }, {}],
  ['the password of a URL in a variable', {}, { PUTLOGS_ENDPOINT: 'https://user:hunter2@host' }],
  ['a user name of a URL', { endpoint: 'https://hunter2@host' }, {}],
  ['a password with a slash', { endpoint: 'https://user:a/hunter2@host' }, {}],
  ['a password with an at sign', { endpoint: 'https://user:a@hunter2@host' }, {}],
  ['a password with a space', { endpoint: 'https://user:a hunter2@host' }, {}],
  ['the password of a URL object', { endpoint: new URL('https://user:hunter2@host') }, {}],
  ['the password of a URL of another scheme', { endpoint: 'ftp://user:hunter2@host' }, {}],
  ['the password of half a URL', { endpoint: 'http:/user:hunter2@host' }, {}],
  ['credentials that are given for something else', { region: { secretAccessKey: 'hunter2' } }, {}],
  ['a token among tags that are wrong', { tags: { apiToken: 'hunter2', 'a!': 'b' } }, {}],
  ['a password among the tags of a variable', {}, { PUTLOGS_TAGS: 'password=hunter2,junk' }],
  ['the password of a URL without a scheme', { endpoint: 'user:hunter2@host:80' }, {}],
] as const) {
  test(`a message never contains ${what}`, (t) => {
    const { message, problems } = refusal({ ...group, ...options }, env);
    t.notRegex(message, /hunter2/);
    t.notRegex(JSON.stringify(problems), /hunter2/);
  });
}

test('an invalid value in a message is short and on one line', (t) => {
  const values = fc.oneof(
    fc.anything({ withDate: true, withMap: true, withSet: true, withTypedArray: true, withBigInt: true }),
    fc.array(fc.integer(), { minLength: 7, maxLength: 150 }),
    fc.string({ unit: 'binary', minLength: 100, maxLength: 1000 }),
    fc.constant(new Error('with a stack')),
  );
  fc.assert(
    fc.property(values, (value) => {
      fc.pre(typeof value !== 'boolean' && value !== undefined);
      const [problem] = refusal({ ...group, gzip: value }).problems;
      t.true((problem?.given ?? '').length <= 121);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: matching control characters is the purpose
      t.notRegex(problem?.given ?? '', /[\u0000-\u001f]/);
    }),
  );
});

for (const [path, flaw] of [
  ['/does/not/exist.pem', 'does not exist'],
  [FOLDER, 'is not a file'],
  [NOT_PEM, 'is not PEM'],
  [BROKEN, 'is not PEM'],
  ['a\0b', 'cannot be read (ERR_INVALID_ARG_VALUE)'],
] as const) {
  test(`the error for a caFile that ${flaw} says so, and where it was set: ${JSON.stringify(path)}`, (t) => {
    const given = inspect(path);
    t.is(refusal({ ...group, caFile: path }).problems[0]?.given, `${given}, which ${flaw}`);
    const [problem] = refusal(group, { AWS_CA_BUNDLE: path }).problems;
    t.is(problem?.option, 'caFile');
    t.is(problem?.given, `${given} (in AWS_CA_BUNDLE), which ${flaw}`);
  });
}

test('caFile and PUTLOGS_CA_FILE have precedence over AWS_CA_BUNDLE', (t) => {
  t.is(resolve({ ...group, caFile: CA_FILE }, { AWS_CA_BUNDLE: NOT_PEM }).caFile, CA_FILE);
  t.is(resolve(group, { PUTLOGS_CA_FILE: CA_FILE, AWS_CA_BUNDLE: NOT_PEM }).caFile, CA_FILE);
  t.is(resolve(group, { AWS_CA_BUNDLE: CA_FILE }).caFile, CA_FILE);
});

for (const [option, accepted, refusedValues] of [
  ['roleSessionName', ['ab', 'checkout@eu', 'x'.repeat(64)], ['', 'a', 'a b', 'x'.repeat(65), 7]],
  ['externalId', ['ab', 'shop/7:a', 'x'.repeat(1224)], ['', 'a', 'a b', 'x'.repeat(1225), 7]],
] as const) {
  test(`${option} is checked, has a variable, and means nothing without roleArn`, (t) => {
    const role = { ...group, roleArn: ROLE };
    const variable = variableOf(option);
    for (const value of accepted) t.is(resolve({ ...role, [option]: value })[option], value);
    for (const value of refusedValues) t.deepEqual(refused({ ...role, [option]: value }), [option]);
    t.is(resolve(role, { [variable]: accepted[0] })[option], accepted[0]);
    t.is(resolve({ ...role, [option]: accepted[1] }, { [variable]: accepted[0] })[option], accepted[1]);
    t.deepEqual(refusal(group, { [variable]: accepted[0] }).problems, [
      {
        option,
        variable,
        expected: 'nothing, since roleArn (PUTLOGS_ROLE_ARN) is not given',
        given: "'ab'",
      },
    ]);
    t.deepEqual(refused({ ...group, roleArn: 'logs', [option]: 'ab' }), ['roleArn']);
  });
}

test('credentials and a profile contradict each other', (t) => {
  t.deepEqual(refused({ ...group, credentials: KEYS, profile: 'logs' }), ['profile']);
  t.deepEqual(refused({ ...group, credentials: KEYS }, { PUTLOGS_PROFILE: 'logs' }), ['profile']);
  t.notThrows(() => resolve({ ...group, credentials: KEYS, roleArn: ROLE }, { AWS_PROFILE: 'logs' }));
  t.notThrows(() => resolve({ ...group, profile: 'logs', roleArn: ROLE }));
});

test('credentials have no variable', (t) => {
  t.is(resolve(group, { PUTLOGS_CREDENTIALS: 'hunter2' }).credentials, undefined);
  t.deepEqual(foreignVariables({ PUTLOGS_CREDENTIALS: 'hunter2' }), ['PUTLOGS_CREDENTIALS']);
});

test('each unknown member of credentials is named: a session token that is misspelled, an end that nobody heeds', (t) => {
  const credentials = { ...KEYS, sesionToken: 'hunter2', expiration: new Date(0) };
  const { message, problems } = refusal({ ...group, credentials });
  t.deepEqual(problems, [
    {
      option: 'credentials.sesionToken',
      expected: 'a known field (did you mean sessionToken?)',
      given: 'an unknown one',
    },
    { option: 'credentials.expiration', expected: 'a known field', given: 'an unknown one' },
  ]);
  t.notRegex(message, /hunter2/);
});

test('credentials may be an object of a class, which could not be sent to a worker', (t) => {
  class Keys {
    readonly accessKeyId = KEYS.accessKeyId;
    readonly secretAccessKey = KEYS.secretAccessKey;
    readonly #provider = () => this;
    get provider() {
      return this.#provider;
    }
  }
  const { credentials } = resolve({ ...group, credentials: new Keys() });
  t.deepEqual(credentials, KEYS);
  t.is(Object.getPrototypeOf(credentials), Object.prototype);
});

test('the error for invalid credentials shows the types of their members only', (t) => {
  for (const [credentials, given] of [
    [
      { keyId: 'hunter2', accessKeyId: 'hunter2' },
      '{ keyId: <string of 7 characters>, accessKeyId: <string of 7 characters> }',
    ],
    ['hunter2:hunter2', '<string of 15 characters>'],
    [() => KEYS, '<function>'],
  ] as const) {
    const [problem, ...more] = refusal({ ...group, credentials }).problems;
    t.is(problem?.given, given);
    t.is(problem?.variable, undefined);
    t.deepEqual(more, []);
  }
});

test('the error for an invalid proxy does not show its password', (t) => {
  for (const proxy of ['socks5://user:hunter2@proxy', 'user:hunter2@proxy', 'http://user:hunter2%zz@proxy']) {
    const errors = [refusal({ ...group, proxy }), refusal(group, { PUTLOGS_PROXY: proxy })];
    for (const { message, problems } of errors) t.notRegex(message + JSON.stringify(problems), /hunter2/);
  }
});

test('a proxy may be a URL object, and PUTLOGS_PROXY=false turns it off', (t) => {
  t.is(resolve({ ...group, proxy: new URL('http://u:p@proxy:1') }).proxy, 'http://u:p@proxy:1/');
  t.is(resolve(group, { PUTLOGS_PROXY: 'false' }).proxy, false);
});

test('of a value whose name suggests a secret, a message shows only type and length', (t) => {
  const [problem] = refusal({ ...group, region: { sessionToken: 'hunter2', secret: 7, a: 1 } }).problems;
  t.is(problem?.given, '{ sessionToken: <string of 7 characters>, secret: <number>, a: 1 }');
});

test('characters that control a terminal or hide text are escaped, also in names', (t) => {
  const bad = 'a\u001b[31m\u009b\u007f\u202e\u2028\u061cb';
  const { message, problems } = refusal(
    { ...group, [bad]: 1, service: bad, entity: { [bad]: 1, name: 'x' } },
    { [`PUTLOGS_ENDPOINT_${bad}`]: '1', PUTLOGS_REGION: bad },
  );
  t.is(problems.length, 5);
  for (const text of [...message.split('\n'), ...problems.flatMap((problem) => Object.values(problem))]) {
    t.notRegex(text, /[\p{Cc}\u202e\u2028\u061c]/u);
  }
  t.true(message.includes('a\\u001b[31m\\u009b\\u007f\\u202e\\u2028\\u061cb: expected'));
});

test('a config is plain data that can be sent to a worker thread', (t) => {
  const config = resolve({ ...group, entity: { name: 'x', attributes: { a: 'b' } }, tags: { a: 'b' } });
  t.deepEqual(structuredClone(config), config);
});

test('the config contains the entity option unchanged', (t) => {
  const entity = { type: 'AWS::Resource', resourceType: 'AWS::ECS::Cluster', identifier: 'prod' } as const;
  t.deepEqual(resolve({ ...group, entity }).entity, entity);
});

test('an entity can be given by variables', (t) => {
  const config = resolve(group, {
    PUTLOGS_ENTITY_TYPE: 'Service',
    PUTLOGS_ENTITY_NAME: 'checkout',
    PUTLOGS_ENTITY_ENVIRONMENT: 'ecs:prod',
    PUTLOGS_ENTITY_ATTRIBUTES: 'PlatformType=AWS::ECS,ECS.Cluster=a%2Cb%3Dc%20d',
  });
  t.deepEqual(config.entity, {
    type: 'Service',
    name: 'checkout',
    environment: 'ecs:prod',
    attributes: { PlatformType: 'AWS::ECS', 'ECS.Cluster': 'a,b=c d' },
  });
});

test('a resource can be given by variables', (t) => {
  const config = resolve(group, {
    PUTLOGS_ENTITY_TYPE: 'Resource',
    PUTLOGS_ENTITY_RESOURCE_TYPE: 'K8s::Pod',
    PUTLOGS_ENTITY_IDENTIFIER: 'prod|shop|checkout-1',
  });
  t.deepEqual(config.entity, {
    type: 'Resource',
    resourceType: 'K8s::Pod',
    identifier: 'prod|shop|checkout-1',
  });
});

test('empty variables of the entity count as unset', (t) => {
  t.is(
    resolve(group, { PUTLOGS_ENTITY_TYPE: '', PUTLOGS_ENTITY_NAME: '', PUTLOGS_ENTITY: '' }).entity,
    undefined,
  );
});

test('PUTLOGS_ENTITY=false has precedence over the other variables of the entity', (t) => {
  t.is(resolve(group, { PUTLOGS_ENTITY: 'false', PUTLOGS_ENTITY_NAME: 'checkout' }).entity, false);
});

test('the entity option replaces all variables of the entity', (t) => {
  const env = { PUTLOGS_ENTITY: 'false', PUTLOGS_ENTITY_ENVIRONMENT: 'ecs:prod' };
  t.deepEqual(resolve({ ...group, entity: { name: 'checkout' } }, env).entity, { name: 'checkout' });
});

for (const [what, entity, options] of [
  ['an unknown field', { name: 'x', Name: 'y' }, ['entity.Name']],
  ['an unknown type', { type: 'Host', name: 'x' }, ['entity.type']],
  ['a type of a prototype', { type: 'constructor', name: 'x' }, ['entity.type']],
  ['a type that is an array of a known one', { type: ['Service'], name: 'x' }, ['entity.type']],
  ['a type that is null', { type: null, name: 'x' }, ['entity.type']],
  ['a missing name', {}, ['entity.name']],
  ['an empty name', { name: '' }, ['entity.name']],
  ['a name that is a number', { name: 7 }, ['entity.name']],
  ['a key of another type', { name: 'x', identifier: 'y' }, ['entity.identifier']],
  ['attributes that are text', { name: 'x', attributes: 'a=b' }, ['entity.attributes']],
  ['an attribute that is a number', { name: 'x', attributes: { a: 7 } }, ['entity.attributes']],
  [
    'several at once',
    { type: 'Resource', name: 'x' },
    ['entity.resourceType', 'entity.identifier', 'entity.name'],
  ],
] as const) {
  test(`an entity with ${what} is an error`, (t) => t.deepEqual(refused({ ...group, entity }), [...options]));
}

for (const [what, options, env, given] of [
  ['entity: false', { entity: false }, {}, 'false'],
  ['PUTLOGS_ENTITY=false', {}, { PUTLOGS_ENTITY: 'false' }, 'false'],
  [
    'a resource',
    { entity: { type: 'Resource', resourceType: 'K8s::Pod', identifier: 'x' } },
    {},
    'of type Resource',
  ],
  ['a remote service', { entity: { type: 'RemoteService', name: 'x' } }, {}, 'of type RemoteService'],
] as const) {
  test(`serviceField contradicts ${what}`, (t) => {
    t.deepEqual(refusal({ ...group, serviceField: 'module', ...options }, env).problems, [
      {
        option: 'serviceField',
        variable: 'PUTLOGS_SERVICE_FIELD',
        expected: `nothing, since entity (PUTLOGS_ENTITY) is ${given}, and a record can only name a service`,
        given: "'module'",
      },
    ]);
  });
}

test('serviceField is allowed with an entity of type Service, and a contradiction is reported with all other errors', (t) => {
  const both = { ...group, serviceField: 'module' };
  t.notThrows(() => resolve({ ...both, entity: { name: 'x' } }));
  t.notThrows(() => resolve({ ...both, entity: { type: 'Service', name: 'x' } }));
  t.deepEqual(refused({ ...both, entity: false, gzip: 'yes' }), ['gzip', 'serviceField']);
  t.deepEqual(refused({ ...both, entity: { type: 'Hst', name: 'x' } }), ['entity.type'], 'unknown, so far');
  t.deepEqual(refused({ ...group, serviceField: '', entity: false }), ['serviceField']);
});

test('the error for an invalid variable of the entity names the variable', (t) => {
  const [problem] = refusal(group, { PUTLOGS_ENTITY_NAME: 'café' }).problems;
  t.is(problem?.variable, 'PUTLOGS_ENTITY_NAME');
  t.is(problem?.given, "'café'");
});

test('the error for an unknown field of an entity suggests a known one', (t) => {
  const [problem] = refusal({ ...group, entity: { name: 'x', resource_type: 'y' } }).problems;
  t.is(problem?.expected, 'a known field (did you mean resourceType?)');
});
