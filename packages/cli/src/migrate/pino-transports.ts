import { OPTIONS } from '@putlogs/core/main-thread';
import {
  accessKeys,
  notOffered,
  numberOf,
  type OptionRule,
  renamed,
  same,
  secretKey,
} from './option-rules.js';
import type { Given } from './options-object.js';
import { type OptionsRules, OptionsSource } from './options-source.js';
import { migrateTargets } from './pino-targets.js';
import { ReplacedImport } from './replaced-import.js';
import type { Rewrite } from './rewrite.js';
import { importsOf } from './source/imports.js';
import type { SourceFile } from './source/source-file.js';
import { field, fields, nameOf, pathOf, type Syntax, textOfLiteral } from './source/syntax.js';
import { asOperand, isEnvironmentVariable, isNothing } from './values.js';

const TO = '@putlogs/pino';

type Range = Pick<Syntax, 'start' | 'end'>;

/** `stream` names the log stream; if it is empty, `prefix` does. */
const stream: OptionRule = (option, options) => {
  const prefix = options.get('prefix');
  if (isNothing(option.value)) options.remove(option);
  else if (prefix === undefined || isNothing(prefix.value) || textOfLiteral(option.value) !== undefined)
    options.rename(option, 'logStreamName');
  else {
    const name = asOperand(option.value, option.text);
    options.replace(option, `logStreamName: ${name} || ${nameWith(prefix, options.rewrite)}`);
  }
};

const prefix: OptionRule = (option, options) => {
  const named = options.get('stream');
  const isNeeded = (named === undefined || isNothing(named.value)) && !isNothing(option.value);
  if (isNeeded) options.replace(option, `logStreamName: ${nameWith(option, options.rewrite)}`);
  else options.remove(option);
};

function nameWith({ value, text }: Given, rewrite: Rewrite): string {
  const name = '{hostname}-{pid}';
  const fixed = textOfLiteral(value);
  if (fixed !== undefined) return rewrite.quote(`${fixed}-${name}`);
  const whole = `\`\${${text}}-${name}\``;
  return isEnvironmentVariable(value) ? `(${text} ? ${whole} : ${rewrite.quote(name)})` : whole;
}

/** Each option of pino-cloudwatch 0.7, which docs/migrate/pino-cloudwatch.md explains. */
const PINO_CLOUDWATCH_OPTIONS: Readonly<Record<string, OptionRule>> = {
  group: renamed('logGroupName'),
  prefix,
  stream,
  interval: numberOf('flushIntervalMs'),
  aws_region: renamed('region'),
  aws_access_key_id: accessKeys('aws_secret_access_key'),
  aws_secret_access_key: secretKey('aws_access_key_id'),
  stdout: (option, options) => {
    const isOff = option.value.type === 'Literal' && option.value.value === false;
    if (isOff) options.remove(option);
    else notOffered('Pino writes to stdout too with pino.multistream or a second target')(option, options);
  },
};

/** Each option of @serdnam/pino-cloudwatch-transport 1, which docs/migrate/pino-cloudwatch-transport.md explains. */
const PINO_CLOUDWATCH_TRANSPORT_OPTIONS: Readonly<Record<string, OptionRule>> = {
  logGroupName: same,
  logStreamName: same,
  awsRegion: renamed('region'),
  awsAccessKeyId: accessKeys('awsSecretAccessKey'),
  awsSecretAccessKey: secretKey('awsAccessKeyId'),
  interval: numberOf('flushIntervalMs'),
};

const RULES: readonly OptionsRules[] = [
  {
    from: 'pino-cloudwatch',
    page: 'pino-cloudwatch.md',
    rules: PINO_CLOUDWATCH_OPTIONS,
    together: [['prefix', 'stream']],
    isOurs: (name) => name in OPTIONS,
  },
  {
    from: '@serdnam/pino-cloudwatch-transport',
    page: 'pino-cloudwatch-transport.md',
    rules: PINO_CLOUDWATCH_TRANSPORT_OPTIONS,
    isOurs: (name) => name in OPTIONS,
  },
];

/** Rewrites what a file has to do with pino-cloudwatch and @serdnam/pino-cloudwatch-transport. @returns those it has to do with */
export function migratePinoTransports(rewrite: Rewrite): readonly string[] {
  return RULES.filter((rules) => {
    const options = new OptionsSource(rewrite, rules);
    const isTarget = migrateTargets(rewrite, rules.from, TO, options);
    const isStream = migrateStreams(rewrite, rules.from, options);
    options.noteOtherUses();
    return isStream || isTarget;
  }).map(({ from }) => from);
}

/** `pinoCloudWatch(options, errorHandler)` becomes `createStream(options)`. */
function migrateStreams(rewrite: Rewrite, from: string, options: OptionsSource): boolean {
  const isOfTypes = importsOf(rewrite.file, from).every((found) => found.kind === 'import' && !found.local);
  const imported = new ReplacedImport(rewrite, {
    from,
    to: TO,
    name: 'createStream',
    types: { PinoCloudwatchTransportOptions: isOfTypes ? 'Options' : 'StreamOptions' },
  });
  if (!imported.isFound) return false;
  const { file, edits } = rewrite;
  imported.rename();
  for (const call of [...file.all('CallExpression'), ...file.all('NewExpression')]) {
    const callee = field(call, 'callee');
    if (callee === undefined || !imported.isExport(callee)) continue;
    const [given, onError] = fields(call, 'arguments');
    options.migrate(given);
    if (call.type === 'NewExpression') edits.remove({ start: call.start, end: callee.start });
    if (given !== undefined && onError !== undefined) {
      edits.remove({ start: given.end, end: onError.end });
      rewrite.note(
        onError,
        "the function for errors is left out: listen to stream.on('report', …), for kind 'problem'",
      );
    }
    migrateSplit(rewrite, call);
  }
  noteEvents(rewrite);
  imported.finish();
  return true;
}

/** The stream finds the lines itself; split2 removes what ends them. */
function migrateSplit(rewrite: Rewrite, call: Syntax): void {
  const { file, edits } = rewrite;
  const range = argumentBefore(file, call) ?? pipedBefore(file, call);
  if (range !== undefined) {
    edits.remove(range);
    rewrite.note(
      call,
      'split() is left out, and its import may go: it removes the ends of lines, by which the stream finds them',
    );
  } else if (file.all('CallExpression').some((each) => isSplit(file, each)))
    rewrite.note(call, 'split(): write whole lines with their ends to the stream; split2 removes them');
}

const SPLIT = /(?:^|\/)split2?(?:\.c?js)?$/;

/** Whether something is a call of split2, or of the older split. */
function isSplit(file: SourceFile, node: Syntax | undefined): boolean {
  const callee = node?.type === 'CallExpression' ? field(node, 'callee') : undefined;
  const name = nameOf(callee);
  if (callee === undefined || name === undefined) return false;
  const declaration = file.declarationAt(name, callee);
  const statement = declaration && file.parentOf(declaration);
  const source =
    statement?.type === 'VariableDeclarator'
      ? fields(field(statement, 'init'), 'arguments')[0]
      : field(statement && file.parentOf(statement), 'source');
  return SPLIT.test(textOfLiteral(source) ?? '');
}

/** Without a function that makes something of each line. */
function isPlainSplit(file: SourceFile, node: Syntax | undefined): node is Syntax {
  return isSplit(file, node) && fields(node, 'arguments').length === 0;
}

/** `pipeline(process.stdin, split(), stream)` */
function argumentBefore(file: SourceFile, call: Syntax): Range | undefined {
  const parent = file.parentOf(call);
  if (!['pipeline', 'pump'].includes(pathOf(field(parent, 'callee'))?.at(-1) ?? '')) return undefined;
  const siblings = fields(parent, 'arguments');
  const before = siblings[siblings.indexOf(call) - 1];
  return isPlainSplit(file, before) ? { start: before.start, end: call.start } : undefined;
}

/** `process.stdin.pipe(split()).pipe(stream)` */
function pipedBefore(file: SourceFile, call: Syntax): Range | undefined {
  const before = pipedFrom(file.parentOf(call));
  const source = pipedFrom(before);
  const isPiped = isPlainSplit(file, fields(before, 'arguments')[0]);
  return isPiped && before !== undefined && source !== undefined
    ? { start: source.end, end: before.end }
    : undefined;
}

/** `stream` of `stream.pipe(other)` */
function pipedFrom(call: Syntax | undefined): Syntax | undefined {
  const callee = field(call, 'callee');
  return nameOf(field(callee, 'property')) === 'pipe' ? field(callee, 'object') : undefined;
}

function noteEvents(rewrite: Rewrite): void {
  for (const call of rewrite.file.all('CallExpression')) {
    const method = nameOf(field(field(call, 'callee'), 'property'));
    if ((method === 'on' || method === 'once') && textOfLiteral(fields(call, 'arguments')[0]) === 'flushed')
      rewrite.note(
        call,
        "'flushed' is not emitted: await stream.flush() resolves when all that was logged before is settled",
      );
  }
}
