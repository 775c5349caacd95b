import type { Given, OptionsObject } from './options-object.js';
import type { ReplacedImport } from './replaced-import.js';
import type { Rewrite } from './rewrite.js';
import { accessTo } from './source/imports.js';
import { field, fields, keyOf, nameOf, pathOf, type Syntax, textOfLiteral } from './source/syntax.js';
import { mayBeNothing } from './values.js';

const OWN_TEXT = ['jsonMessage', 'messageFormatter'] as const;

/** What winston-cloudwatch makes of a record becomes a format of the transport. */
export function migrateFormat(options: OptionsObject, imported: ReplacedImport): void {
  const { rewrite } = options;
  const [json, formatter] = OWN_TEXT.map((name) => options.get(name));
  const isAlways = json?.value.type === 'Literal' && json.value.value === true;
  const isNever = json === undefined || (json.value.type === 'Literal' && !isAlways);
  if (json !== undefined && isNever) options.remove(json);
  if (isAlways && formatter !== undefined) {
    options.remove(formatter);
    rewrite.note(formatter.property, 'messageFormatter is left out: jsonMessage had precedence');
  }
  const isAlone = options.get('format') === undefined && options.others.length === 0;
  if (isAlways && isAlone && loggersWriteJson(rewrite)) options.remove(json);
  else if (isAlways) replaceFormat(options, json, `${imported.use('jsonFormat')}()`);
  else if (!isNever) replaceByCondition(options, json, formatter, imported);
  else if (formatter !== undefined) replaceFormat(options, formatter, printf(rewrite, formatter));
}

/** `jsonMessage` is an expression. */
function replaceByCondition(
  options: OptionsObject,
  json: Given,
  formatter: Given | undefined,
  imported: ReplacedImport,
): void {
  if (options.get('format') !== undefined) {
    options.remove(json);
    const note = `jsonMessage is left out: where ${json.text} is true, combine format with jsonFormat() of @putlogs/winston`;
    options.rewrite.note(json.property, note);
    if (formatter !== undefined) replaceFormat(options, formatter, printf(options.rewrite, formatter));
    return;
  }
  const isPlain = json.value.type === 'CallExpression' || pathOf(json.value) !== undefined;
  const condition = isPlain ? json.text : `(${json.text})`;
  const otherwise = formatter === undefined ? 'undefined' : printf(options.rewrite, formatter);
  if (formatter !== undefined) options.remove(formatter);
  options.replace(json, `format: ${condition} ? ${imported.use('jsonFormat')}() : ${otherwise}`);
}

function printf(rewrite: Rewrite, formatter: Given): string {
  return `${winstonFormat(rewrite)}.printf(${formatter.text})`;
}

function replaceFormat(options: OptionsObject, place: Given, text: string): void {
  const format = options.get('format');
  if (format === undefined) {
    options.replace(place, `format: ${text}`);
    return;
  }
  options.replace(format, `format: ${winstonFormat(options.rewrite)}.combine(${format.text}, ${text})`);
  options.remove(place);
}

/** What the records look like by default. */
export function noteText(rewrite: Rewrite, options: Syntax, given: readonly Given[]): void {
  if (given.some(({ name }) => OWN_TEXT.some((own) => own === name))) return;
  rewrite.note(
    options,
    'the text was "level - message" without fields; now it is what the format of the logger writes, by default JSON with all fields',
  );
}

/** The `format` of winston, as the source calls it. It is imported if it is not yet. */
function winstonFormat(rewrite: Rewrite): string {
  return accessTo(rewrite.file, 'winston', 'format') ?? rewrite.load('winston', 'format', 'winstonFormat');
}

/** The options of each logger that the file creates; undefined if they are not there. */
function loggers({ file }: Rewrite): readonly (Syntax | undefined)[] {
  return [...file.all('CallExpression'), ...file.all('NewExpression')]
    .filter((node) => pathOf(field(node, 'callee'))?.at(-1) === 'createLogger')
    .map((node) => file.valueOf(fields(node, 'arguments')[0]));
}

/** Whether the file creates loggers, and all of them write JSON, as those do that have no format. */
function loggersWriteJson(rewrite: Rewrite): boolean {
  const all = loggers(rewrite);
  return (
    all.length > 0 &&
    all.every((options) => {
      if (options?.type !== 'ObjectExpression') return false;
      const properties = fields(options, 'properties');
      if (properties.some(({ type }) => type === 'SpreadElement')) return false;
      const format = properties.find((property) => keyOf(property) === 'format');
      return format === undefined || writesJson(rewrite, field(format, 'value'));
    })
  );
}

function writesJson(rewrite: Rewrite, format: Syntax | undefined): boolean {
  const made = rewrite.file.valueOf(format);
  if (made?.type !== 'CallExpression') return false;
  const name = pathOf(field(made, 'callee'))?.at(-1);
  const given = fields(made, 'arguments');
  if (name === 'json') return given.length === 0;
  return name === 'combine' && writesJson(rewrite, given.at(-1));
}

const WITHIN_INFO = ['error', 'warn', 'info'];

/** winston-cloudwatch sends `info` and above, unless told otherwise; our transport whatever the logger passes on. */
export function noteLevel(
  rewrite: Rewrite,
  options: Syntax,
  given: readonly Given[],
  isWhole: boolean,
): void {
  const own = given.filter(({ name }) => name === 'level');
  const isSure = own.some(({ value }) => !mayBeNothing(rewrite.file, value));
  if (isSure || (own.length === 0 && !isWhole)) return;
  const all = loggers(rewrite);
  const isWithinInfo = (logger: Syntax | undefined) => {
    const level = fields(logger, 'properties').find((property) => keyOf(property) === 'level');
    if (logger?.type !== 'ObjectExpression') return false;
    return level === undefined || WITHIN_INFO.includes(textOfLiteral(field(level, 'value')) ?? '');
  };
  const isSet = rewrite.file
    .all('AssignmentExpression')
    .some((assignment) => nameOf(field(field(assignment, 'left'), 'property')) === 'level');
  if (all.length > 0 && all.every(isWithinInfo) && !isSet) return;
  rewrite.note(
    own[0]?.property ?? options,
    "level: winston-cloudwatch sent info and above by default; now it is what the logger passes on, so set level: 'info' to keep that",
  );
}
