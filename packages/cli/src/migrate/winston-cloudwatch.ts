import { OPTIONS } from '@putlogs/core/main-thread';
import {
  accessKeys,
  credentialsOf,
  groupOrStreamName,
  milliseconds,
  notOffered,
  type OptionRule,
  renamed,
  same,
  secretKey,
  withAnother,
} from './option-rules.js';
import type { OptionsObject } from './options-object.js';
import { type OptionsRules, OptionsSource } from './options-source.js';
import { ReplacedImport } from './replaced-import.js';
import type { Rewrite } from './rewrite.js';
import { field, fields, keyOf, nameOf, type Syntax } from './source/syntax.js';
import { constructedTransports, noteWinston2, TRANSPORT } from './winston-constructors.js';
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
    atEnd: (expression, names) => {
      noteText(rewrite, expression, names);
      noteLevel(rewrite, expression, names);
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
  noteWinston2(rewrite);
  imported.finish();
  return true;
}

const awsRegion: OptionRule = (option, options) => {
  if (isInAwsOptions(options, 'region')) options.remove(option);
  else options.rename(option, 'region');
};

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
  if (made?.type !== 'NewExpression')
    return notOffered("listen to the transport instead: transport.on('warn', handler)")(option, options);
  options.remove(option);
  const handler = dedented(rewrite, option.property, made, option.text);
  rewrite.edits.insert(made.end, `.on(${rewrite.quote('warn')}, ${handler})`);
};

const retentionInDays: OptionRule = (option, options) => {
  const isZero = (node: Syntax | undefined) => node?.type === 'Literal' && node.value === 0;
  const otherwise = option.value.type === 'LogicalExpression' ? field(option.value, 'right') : undefined;
  // 0 means there that nothing is set.
  if (otherwise !== undefined && isZero(otherwise)) options.rewrite.edits.replace(otherwise, 'undefined');
  if (isZero(option.value)) options.remove(option);
  else
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
  uploadRate: milliseconds('flushIntervalMs'),
  errorHandler,
};

/** `WinstonCloudWatch.CloudwatchTransportOptions` */
function migrateTypes(rewrite: Rewrite, imported: ReplacedImport): void {
  for (const node of rewrite.file.all('TSQualifiedName')) {
    const isOptions = nameOf(field(node, 'right')) === 'CloudwatchTransportOptions';
    if (isOptions && imported.isExport(field(node, 'left')))
      rewrite.edits.replace(node, imported.useType('CloudWatchTransportOptions'));
  }
}

/** `transport.kthxbye(callback)` becomes `transport.flush().then(callback)`. */
function migrateFlushes(rewrite: Rewrite): void {
  const isOthers = ['Property', 'MethodDefinition', 'PropertyDefinition'].some((type) =>
    rewrite.file.all(type).some((property) => keyOf(property) === 'kthxbye'),
  );
  for (const member of rewrite.file.all('MemberExpression')) {
    const property = field(member, 'property');
    if (nameOf(property) !== 'kthxbye' || property === undefined) continue;
    const call = rewrite.file.parentOf(member);
    if (!isOthers && call?.type === 'CallExpression' && field(call, 'callee') === member) {
      rewrite.edits.replace(property, fields(call, 'arguments').length > 0 ? 'flush().then' : 'flush');
      const [callback] = fields(call, 'arguments');
      if (fields(callback, 'params').length > 0)
        rewrite.note(member, 'flush() never fails: its promise gives the callback no error');
    } else rewrite.note(member, 'kthxbye is left as it is: call flush(), which returns a promise');
  }
}
