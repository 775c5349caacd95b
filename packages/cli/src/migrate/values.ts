import type { SourceFile } from './source/source-file.js';
import { field, nameOf, pathOf, type Syntax, withoutTypes } from './source/syntax.js';

/** Whether an expression is `undefined`, `null`, 0 or an empty text as it stands there. */
export function isNothing(expression: Syntax | undefined): boolean {
  const plain = withoutTypes(expression);
  return nameOf(plain) === 'undefined' || (plain?.type === 'Literal' && !plain.value);
}

/** Whether one can see that an expression has a value in some cases only. */
export function mayBeNothing(file: SourceFile, expression: Syntax | undefined): boolean {
  const value = file.valueOf(expression);
  if (value?.type === 'ConditionalExpression')
    return ['consequent', 'alternate'].some((branch) => mayBeNothing(file, field(value, branch)));
  if (value?.type === 'LogicalExpression')
    return value.operator === '&&' || mayBeNothing(file, field(value, 'right'));
  return isNothing(value) || isEnvironmentVariable(value);
}

export function isEnvironmentVariable(expression: Syntax | undefined): boolean {
  const [first, second, ...name] = pathOf(expression) ?? [];
  return first === 'process' && second === 'env' && name.length > 0;
}

/** The text of an expression, so that an operator may follow. */
export function asOperand(expression: Syntax, text: string): string {
  const isOperand =
    pathOf(expression) !== undefined ||
    ['CallExpression', 'Literal', 'UnaryExpression', 'TemplateLiteral'].includes(expression.type) ||
    (expression.type === 'LogicalExpression' && expression.operator === '||');
  return isOperand ? text : `(${text})`;
}
