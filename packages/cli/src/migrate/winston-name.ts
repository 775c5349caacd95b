import type { Rewrite } from './rewrite.js';
import type { SourceFile } from './source/source-file.js';
import { field, fields, keyOf, nameOf, pathOf, type Syntax, textOfLiteral } from './source/syntax.js';

const FUNCTIONS = ['FunctionExpression', 'ArrowFunctionExpression', 'FunctionDeclaration'];
const SEARCHES = ['find', 'filter', 'some'];

/**
 * `logger.transports.find(({ name }) => name === 'aws')`: the only transport of the file has another name now. Whatever else
 * is compared with the same text may be something else.
 */
export function migrateName(rewrite: Rewrite, options: Syntax | undefined): void {
  const { file } = rewrite;
  const given = fields(file.valueOf(options), 'properties').find((property) => keyOf(property) === 'name');
  const name = textOfLiteral(field(given, 'value'));
  if (name === undefined) return;
  for (const comparison of file.all('BinaryExpression')) {
    const [left, literal] = [field(comparison, 'left'), field(comparison, 'right')];
    const isName = pathOf(left)?.at(-1) === 'name' && textOfLiteral(literal) === name;
    if (!isName || literal === undefined || !/^[!=]==?$/.test(String(comparison.operator))) continue;
    if (isSearch(file, comparison)) rewrite.edits.replace(literal, rewrite.quote('cloudwatch'));
    else
      rewrite.note(
        comparison,
        `${rewrite.quote(name)} stays: if it is the transport that is looked for, its name is 'cloudwatch' now`,
      );
  }
}

/** Whether a comparison is that of the name of a transport, by which one of a list is looked for. */
function isSearch(file: SourceFile, comparison: Syntax): boolean {
  if (!String(comparison.operator).startsWith('==')) return false;
  const callback = enclosingFunction(file, comparison);
  const call = callback && file.parentOf(callback);
  const search = field(call, 'callee');
  const isOfTransports = lastName(field(search, 'object')) === 'transports';
  if (
    !isOfTransports ||
    !SEARCHES.includes(lastName(search) ?? '') ||
    fields(call, 'arguments')[0] !== callback
  )
    return false;
  return pathOf(field(comparison, 'left'))?.join('.') === nameIn(fields(callback, 'params')[0]);
}

function enclosingFunction(file: SourceFile, node: Syntax): Syntax | undefined {
  let parent = file.parentOf(node);
  while (parent !== undefined && !FUNCTIONS.includes(parent.type)) parent = file.parentOf(parent);
  return parent;
}

/** What the name of a transport is called where it is the parameter of a function. */
function nameIn(parameter: Syntax | undefined): string | undefined {
  const whole = nameOf(parameter);
  if (whole !== undefined) return `${whole}.name`;
  const property = fields(parameter, 'properties').find((each) => keyOf(each) === 'name');
  return nameOf(field(property, 'value'));
}

function lastName(node: Syntax | undefined): string | undefined {
  return nameOf(node) ?? nameOf(field(node, 'property'));
}
