import { OPTIONS } from '@putlogs/core/main-thread';
import {
  accessKeys,
  credentialsOf,
  groupOrStreamName,
  notOffered,
  numberOf,
  type OptionRule,
  renamed,
  same,
  secretKey,
  withAnother,
} from './option-rules.js';
import type { Given, OptionsObject } from './options-object.js';
import { type OptionsRules, OptionsSource } from './options-source.js';
import { ReplacedImport } from './replaced-import.js';
import type { Rewrite } from './rewrite.js';
import type { SourceFile } from './source/source-file.js';
import { field, fields, keyOf, nameOf, pathOf, type Syntax } from './source/syntax.js';
import { mayBeNothing } from './values.js';
import { constructedTransports, noteOverrides, noteWinston2, TRANSPORT } from './winston-constructors.js';
import { migrateFlushes } from './winston-flush.js';
import { migrateFormat, noteLevel, noteText } from './winston-format.js';
import { migrateName } from './winston-name.js';

const FROM = 'winston-cloudwatch';

/** Of winston-transport, which both extend. */
const OF_WINSTON = ['level', 'format', 'silent', 'handleExceptions', 'handleRejections'];

/** Rewrites what a file has to do with winston-cloudwatch. @returns whether it has */
export function migrateWinstonCloudWatch(rewrite: Rewrite): boolean {
  const imported = new ReplacedImport(rewrite, {
    from: FROM,
    to: '@putlogs/winston',
    name: TRANSPORT,
    types: { CloudwatchTransportOptions: 'CloudWatchTransportOptions' },
  });
  if (!imported.isFound) return false;
  const options = new OptionsSource(rewrite, {
    from: FROM,
    page: 'winston-cloudwatch.md',
    rules: WINSTON_CLOUDWATCH_OPTIONS,
    isOurs: (name) => name in OPTIONS || OF_WINSTON.includes(name),
    eachObject: (object) => migrateFormat(object, imported),
    together: [
      ['jsonMessage', 'messageFormatter', 'format'],
      ['awsRegion', 'awsOptions'],
    ],
    atEnd: (expression, given, isWhole) => {
      if (isWhole) noteText(rewrite, expression, given);
      noteLevel(rewrite, expression, given, isWhole);
    },
  } satisfies OptionsRules);
  migrateTypes(rewrite, imported);
  migrateFlushes(rewrite);
  imported.rename();
  const transports = constructedTransports(rewrite, imported);
  for (const transport of transports) {
    options.migrate(transport.options);
    transport.finish?.();
  }
  options.noteOtherUses();
  const [only, ...others] = transports;
  if (only === undefined)
    imported.note('nothing is constructed with it here: change its options where it is');
  else if (others.length === 0) migrateName(rewrite, only.options);
  noteOverrides(rewrite, imported);
  noteWinston2(rewrite);
  imported.finish();
  return true;
}

const awsRegion: OptionRule = Object.assign(
  (option: Given, options: OptionsObject) => {
    if (isInAwsOptions(options, 'region')) options.remove(option);
    else options.rename(option, 'region');
  },
  { to: 'region' },
);

const awsAccessKeyId: OptionRule = (option, options) => {
  if (!isInAwsOptions(options, 'credentials')) return accessKeys('awsSecretKey')(option, options);
  options.remove(option);
  const secret = options.get('awsSecretKey');
  if (secret !== undefined) options.remove(secret);
};

function isInAwsOptions(options: OptionsObject, name: string): boolean {
  const value = options.rewrite.file.valueOf(options.get('awsOptions')?.value);
  return fields(value, 'properties').some((property) => keyOf(property) === name);
}

/** The options of the SDK's client, of which ours has three. */
const awsOptions: OptionRule = (option, options) => {
  const { rewrite } = options;
  const value = rewrite.file.valueOf(option.value);
  if (value?.type !== 'ObjectExpression')
    return notOffered('the transport configures its client itself; set region, credentials or endpoint')(
      option,
      options,
    );
  const texts: string[] = [];
  for (const property of fields(value, 'properties')) {
    const name = keyOf(property);
    const inner = field(property, 'value');
    if (inner !== undefined && (name === 'region' || name === 'endpoint'))
      texts.push(`${name}: ${rewrite.textOf(inner)}`);
    else if (inner !== undefined && name === 'credentials') {
      const credentials = credentialsOf(options, inner);
      if (credentials !== undefined)
        texts.push(`credentials: ${dedented(rewrite, property, option.property, credentials)}`);
    } else
      rewrite.note(
        property,
        `awsOptions.${name ?? rewrite.file.textOf(property)} is left out: the transport configures its client itself`,
      );
  }
  options.replace(option, ...texts);
};

/** A text of several lines that moves from one property to the place of another. */
function dedented({ file }: Rewrite, from: Syntax, to: Syntax, text: string): string {
  const [deep, shallow] = [file.indentAt(from.start), file.indentAt(to.start)];
  return deep.startsWith(shallow) ? text.replaceAll(`\n${deep}`, `\n${shallow}`) : text;
}

/** The transport emits its problems. */
const errorHandler: OptionRule = (option, options) => {
  const { rewrite, node } = options;
  const made = rewrite.file.parentOf(node);
  if (made?.type !== 'NewExpression' || mayBeNothing(rewrite.file, option.value))
    return notOffered("listen to the transport instead: transport.on('warn', handler)")(option, options);
  if (isGiven(rewrite.file, option.value))
    rewrite.note(option.property, `errorHandler: .on('warn', ${option.text}) throws where it is no function`);
  options.remove(option);
  const handler = dedented(rewrite, option.property, made, option.text);
  rewrite.edits.insert(made.end, `.on(${rewrite.quote('warn')}, ${handler})`);
};

/** Whether a value comes from a parameter of a function, or from something that is taken apart. */
function isGiven(file: SourceFile, value: Syntax): boolean {
  const [root = ''] = pathOf(value) ?? [];
  const declaration = file.declarationAt(root, value);
  const parent = declaration && file.parentOf(declaration);
  return parent !== undefined && !parent.type.startsWith('Import') && field(parent, 'id') !== declaration;
}

const days = numberOf('retentionInDays');

const retentionInDays: OptionRule = (option, options) => {
  days(option, options);
  if (options.isKept(option))
    options.rewrite.note(
      option.property,
      'retentionInDays counts for log groups that the transport creates; existing ones keep theirs',
    );
};

const ensureLogGroup = renamed('createLogGroup');

/** Each option of winston-cloudwatch 6, which docs/migrate/winston-cloudwatch.md explains. */
const WINSTON_CLOUDWATCH_OPTIONS: Readonly<Record<string, OptionRule>> = {
  name: notOffered(
    "transport.name is always 'cloudwatch', so keep a reference to the transport instead of searching for it",
  ),
  level: same,
  silent: same,
  format: same,
  handleExceptions: same,
  handleRejections: same,
  logGroupName: groupOrStreamName,
  logStreamName: groupOrStreamName,
  ensureLogGroup,
  retentionInDays,
  cloudWatchLogs: notOffered(
    'a client cannot cross to the worker thread; set region, credentials or endpoint if it had its own',
  ),
  awsOptions,
  awsRegion,
  awsAccessKeyId,
  awsSecretKey: secretKey('awsAccessKeyId'),
  jsonMessage: withAnother,
  messageFormatter: withAnother,
  uploadRate: numberOf('flushIntervalMs'),
  errorHandler,
};

/** `WinstonCloudWatch.CloudwatchTransportOptions` */
function migrateTypes(rewrite: Rewrite, imported: ReplacedImport): void {
  for (const node of rewrite.file.all('TSQualifiedName')) {
    const name = nameOf(field(node, 'right'));
    if (name === undefined || !imported.isExport(field(node, 'left'))) continue;
    if (name === 'CloudwatchTransportOptions')
      rewrite.edits.replace(node, imported.useType('CloudWatchTransportOptions'));
    else rewrite.note(node, `${name}: @putlogs/winston exports nothing like it`);
  }
}
