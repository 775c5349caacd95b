import { parse } from 'acorn';
import { ancestor } from 'acorn-walk';

/**
 * One change of a file. `at` is what a test has to execute to notice it.
 * @typedef {{ start: number, end: number, at: number, text: string, kind: string, line: number }} Mutant
 */

const SWAPPED = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '*',
  '&&': '||',
  '||': '&&',
  '+=': '-=',
  '-=': '+=',
  '++': '--',
  '--': '++',
};

const isText = ({ type, value }) => type === 'TemplateLiteral' || typeof value === 'string';

/** Every change of the code that is worth a try. @returns {Mutant[]} */
export function mutantsOf(code) {
  const mutants = [];
  const tree = parse(code, { ecmaVersion: 'latest', sourceType: 'module', locations: true });
  const replace = (kind, { start, end, loc, at = start }, text) => {
    mutants.push({ kind, start, end, at, text, line: loc.start.line });
  };
  /** The operator stands between both sides. */
  const swap = (node, left, right) => {
    const text = SWAPPED[node.operator];
    if (text === undefined) return;
    const start = code.indexOf(node.operator, left);
    if (start < 0 || start > right) return;
    // For V8 the operator belongs to the right side, which may not be executed before the change.
    const range = { start, end: start + node.operator.length, at: node.start, loc: node.loc };
    replace(`${node.operator} → ${text}`, range, text);
  };
  const negate = ({ test }) => {
    if (test) replace('negated condition', test, `!(${code.slice(test.start, test.end)})`);
  };
  const empty = ({ body }, _state, ancestors) => {
    if (body?.type !== 'BlockStatement' || body.body.length === 0) return;
    const isConstructor = ancestors.at(-2)?.kind === 'constructor';
    if (!isConstructor) replace('emptied function', body, '{}');
  };

  ancestor(tree, {
    IfStatement: negate,
    ConditionalExpression: negate,
    WhileStatement: negate,
    DoWhileStatement: negate,
    ForStatement: negate,
    FunctionDeclaration: empty,
    FunctionExpression: empty,
    ArrowFunctionExpression: empty,
    LogicalExpression: (node) => swap(node, node.left.end, node.right.start),
    BinaryExpression(node) {
      if (node.operator === '+' && (isText(node.left) || isText(node.right))) return;
      swap(node, node.left.end, node.right.start);
    },
    AssignmentExpression: (node) => swap(node, node.left.end, node.right.start),
    UpdateExpression: (node) => swap(node, node.start, node.end),
    ExpressionStatement(node) {
      const { expression } = node;
      const call = expression.type === 'AwaitExpression' ? expression.argument : expression;
      const isCall = call.type === 'CallExpression' || call.type === 'UnaryExpression'; // void f()
      if (isCall && call.callee?.type !== 'Super') replace('removed call', node, ';');
    },
    Literal(node, _state, ancestors) {
      if (typeof node.value === 'boolean') replace('flipped flag', node, `${!node.value}`);
      // A millisecond more or less of a pause is nothing that a test must notice.
      const isPause = ancestors.some(({ id }) => id?.name?.endsWith('_MS'));
      if (Number.isInteger(node.value) && !isPause) replace('number + 1', node, `${node.value + 1}`);
    },
  });
  return mutants.filter(({ start, end, text }) => parses(code.slice(0, start) + text + code.slice(end)));
}

function parses(code) {
  try {
    parse(code, { ecmaVersion: 'latest', sourceType: 'module' });
    return true;
  } catch {
    return false;
  }
}
