import type { Rewrite } from './rewrite.js';
import type { SourceFile } from './source/source-file.js';
import { field, fields, keyOf, nameOf, type Syntax, textOfLiteral } from './source/syntax.js';

const NAME = 'kthxbye';

/** `transport.kthxbye(callback)` becomes `transport.flush().then(callback)`. */
export function migrateFlushes(rewrite: Rewrite): void {
  const { file, edits } = rewrite;
  const isOthers = ['Property', 'MethodDefinition', 'PropertyDefinition'].some((type) =>
    file.all(type).some((property) => keyOf(property) === NAME),
  );
  for (const member of file.all('MemberExpression')) {
    const property = field(member, 'property');
    if (nameOf(property) !== NAME || property === undefined) continue;
    const call = file.parentOf(member);
    if (!isOthers && call?.type === 'CallExpression' && field(call, 'callee') === member)
      migrateCall(rewrite, call, property);
    else if (!isOthers && isTested(file, member)) edits.replace(property, 'flush');
    else rewrite.note(member, `${NAME} is left as it is: call flush(), which returns a promise`);
  }
  for (const literal of file.all('Literal').filter((node) => textOfLiteral(node) === NAME))
    if (file.parentOf(literal)?.operator === 'in' && !isOthers)
      edits.replace(literal, rewrite.quote('flush'));
    else rewrite.note(literal, `'${NAME}' is left as it is: the method is flush(), which returns a promise`);
}

function migrateCall(rewrite: Rewrite, call: Syntax, property: Syntax): void {
  const { file, edits } = rewrite;
  const [callback] = fields(call, 'arguments');
  const name = callback === undefined ? 'flush' : `flush${call.optional === true ? '?.' : ''}().then`;
  edits.replace(property, name);
  if (call.optional === true && callback !== undefined) {
    const start = file.text.indexOf('?.', property.end);
    edits.remove({ start, end: start + 2 });
  }
  if (fields(callback, 'params').length > 0)
    rewrite.note(call, 'flush() never fails: its promise gives the callback no error');
}

/** Whether something is asked whether it is there. */
function isTested(file: SourceFile, node: Syntax): boolean {
  const parent = file.parentOf(node);
  if (parent?.type === 'ChainExpression') return isTested(file, parent);
  if (parent?.type === 'LogicalExpression') return field(parent, 'left') === node || isTested(file, parent);
  return (
    ['UnaryExpression', 'BinaryExpression'].includes(parent?.type ?? '') || field(parent, 'test') === node
  );
}
