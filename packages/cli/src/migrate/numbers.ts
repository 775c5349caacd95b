import { OPTIONS } from '@putlogs/core/main-thread';
import type { Rewrite } from './rewrite.js';
import { field, pathOf, type Syntax, withoutTypes } from './source/syntax.js';
import { asOperand, isEnvironmentVariable, isNothing } from './values.js';

export type NumberName = 'flushIntervalMs' | 'retentionInDays';

const TAKEN: Readonly<Record<NumberName, string>> = {
  flushIntervalMs: OPTIONS.flushIntervalMs.expected,
  retentionInDays: 'a number of days that CloudWatch Logs offers',
};

/** What a number may be: one that our option takes, 0 or NaN besides, or anything. */
type Certainty = 'accepted' | 'perhaps nothing' | 'unknown';

const CONVERSIONS = ['Number', 'parseInt', 'parseFloat', 'Number.parseInt', 'Number.parseFloat'];

/**
 * The source text of a number. Other packages take 0 and nothing for the default, and texts for numbers; ours take nothing
 * but numbers, or undefined.
 */
export function numberText(rewrite: Rewrite, name: NumberName, expression: Syntax): string {
  const certainty = rewriteNumber(rewrite, name, expression);
  const text = rewrite.textOf(expression);
  if (certainty === 'unknown')
    rewrite.note(expression, `${name}: only ${TAKEN[name]} is taken, neither 0 nor a text`);
  return certainty === 'perhaps nothing' ? `${asOperand(expression, text)} || undefined` : text;
}

function rewriteNumber(rewrite: Rewrite, name: NumberName, expression: Syntax): Certainty {
  const { edits, file } = rewrite;
  const node = withoutTypes(expression) ?? expression;
  const part = (each: string): Certainty => {
    const inner = field(node, each);
    return inner === undefined ? 'unknown' : rewriteNumber(rewrite, name, inner);
  };
  if (isNothing(node)) {
    edits.replace(node, 'undefined');
    return 'accepted';
  }
  if (node.type === 'Literal') {
    const number = Number(node.value);
    if (!OPTIONS[name].accepts(number)) return 'unknown';
    if (typeof node.value === 'string') edits.replace(node, String(number));
    return 'accepted';
  }
  if (node.type === 'ConditionalExpression') return least(part('consequent'), part('alternate'));
  const [left, right] = [field(node, 'left'), field(node, 'right')];
  const isForVariable = node.operator === '??' && isEnvironmentVariable(left);
  // Number(undefined) is NaN.
  if (isForVariable && left && right) edits.replace({ start: left.end, end: right.start }, ' || ');
  if (node.operator === '||' || isForVariable)
    return least(part('left') === 'unknown' ? 'unknown' : 'accepted', part('right'));
  const value = file.valueOf(node) ?? node;
  if (isEnvironmentVariable(value)) {
    edits.replace(expression, `Number(${rewrite.textOf(expression)})`);
    return 'perhaps nothing';
  }
  if (isProduct(rewrite, value)) return 'accepted';
  if (isNumber(value)) return 'perhaps nothing';
  return value !== node && value.type === 'Literal' && OPTIONS[name].accepts(value.value)
    ? 'accepted'
    : 'unknown';
}

function least(a: Certainty, b: Certainty): Certainty {
  if (a === 'unknown' || b === 'unknown') return 'unknown';
  return a === 'accepted' ? b : a;
}

/** Whether an expression is a constant product, such as `5 * 1000`. */
function isProduct({ file }: Rewrite, node: Syntax): boolean {
  const isFactor = (side: Syntax | undefined): boolean => {
    const value = file.valueOf(side);
    if (value?.type === 'BinaryExpression')
      return value.operator === '*' && isFactor(field(value, 'left')) && isFactor(field(value, 'right'));
    return value?.type === 'Literal' && Number(value.value) > 0;
  };
  return node.type === 'BinaryExpression' && isFactor(node);
}

/** Whether an expression is a number by its operator, or by the function that it calls. */
function isNumber(node: Syntax): boolean {
  if (node.type === 'UnaryExpression') return node.operator === '+' || node.operator === '-';
  if (node.type === 'BinaryExpression') return ['*', '/', '-', '%', '**'].includes(String(node.operator));
  const callee = pathOf(field(node, 'callee'));
  return (
    node.type === 'CallExpression' &&
    (CONVERSIONS.includes(callee?.join('.') ?? '') || callee?.[0] === 'Math')
  );
}
