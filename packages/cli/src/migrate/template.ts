import type { Rewrite } from './rewrite.js';
import {
  below,
  cookedText,
  field,
  fields,
  nameOf,
  pathOf,
  type Syntax,
  textOfLiteral,
  withoutTypes,
} from './source/syntax.js';

/** A part of a name: fixed text, a placeholder in braces, or an expression that is worked out once. */
type Part =
  | { readonly text: string }
  | { readonly placeholder: string }
  | { readonly expression: string; readonly isCalled: boolean };

/** Whatever says the same as the placeholder, without spaces. */
const PLACEHOLDERS: readonly (readonly [RegExp, string])[] = [
  [
    /^newDate\(\)\.toISOString\(\)\.(?:split\(["']T["']\)\[0\]|sub(?:str|string)\(0,10\)|slice\(0,10\))$/,
    '{date}',
  ],
  [/^(?:moment|dayjs)(?:\.utc)?\(\)(?:\.utc\(\))?\.format\(["']YYYY-MM-DD["']\)$/, '{date}'],
  [/^(?:os\.)?hostname\(\)$/, '{hostname}'],
  [/^process\.env\.HOSTNAME$/, '{hostname}'],
  [/^process\.pid$/, '{pid}'],
];

/** What differs from call to call. */
const CHANGING = /\b(?:new Date\b|Date\.now|Math\.random|random|uuid|moment|dayjs|nanoid|await)\b/i;

/** A template of the transports, as source text, and the calls in it, which are made once. */
interface Template {
  readonly source: string;
  readonly calls: readonly string[];
  /** Those in it, with their braces. */
  readonly placeholders: readonly string[];
}

/**
 * The name that a function without parameters returns: a template, in which whatever else the function uses is worked out
 * once. Undefined if it cannot be said that way.
 */
export function templateOf(rewrite: Rewrite, made: Syntax): Template | undefined {
  const result = resultOf(made);
  if (result === undefined) return undefined;
  const parts = partsOf(rewrite, result.expression, result.locals);
  if (parts === undefined) return undefined;
  const calls = parts.flatMap((part) => ('expression' in part && part.isCalled ? [part.expression] : []));
  const placeholders = parts.map(placeholderOf).filter((placeholder) => placeholder !== '');
  return { source: inSource(rewrite, parts), calls, placeholders };
}

interface Result {
  readonly expression: Syntax;
  readonly locals: ReadonlyMap<string, Syntax>;
}

/** What a function returns, if it does nothing before but name parts of it. */
function resultOf(made: Syntax): Result | undefined {
  if (fields(made, 'params').length > 0 || made.async === true) return undefined;
  const body = field(made, 'body');
  if (body === undefined) return undefined;
  if (body.type !== 'BlockStatement') return { expression: body, locals: new Map() };
  const statements = fields(body, 'body');
  const expression = field(statements.at(-1), 'argument');
  const isPlain = statements.slice(0, -1).every(({ type }) => type === 'VariableDeclaration');
  if (expression === undefined || statements.at(-1)?.type !== 'ReturnStatement' || !isPlain) return undefined;
  const declarators = statements.slice(0, -1).flatMap((statement) => fields(statement, 'declarations'));
  const locals = new Map<string, Syntax>();
  for (const declarator of declarators) {
    const [name, value] = [nameOf(field(declarator, 'id')), field(declarator, 'init')];
    if (name === undefined || value === undefined) return undefined;
    locals.set(name, value);
  }
  return { expression, locals };
}

function partsOf(rewrite: Rewrite, node: Syntax, locals: Result['locals']): readonly Part[] | undefined {
  const plain = withoutTypes(node) ?? node;
  const text = textOfLiteral(plain);
  if (text !== undefined) return /[{}]/.test(text) ? undefined : [{ text }];
  if (plain.type === 'TemplateLiteral') return partsOfTemplate(rewrite, plain, locals);
  if (plain.type === 'BinaryExpression' && plain.operator === '+') {
    const sides = [field(plain, 'left'), field(plain, 'right')];
    return joined(sides.map((side) => side && partsOf(rewrite, side, locals)));
  }
  const source = rewrite.file.textOf(plain);
  const placeholder = PLACEHOLDERS.find(([pattern]) => pattern.test(source.replaceAll(/\s/g, '')));
  if (placeholder !== undefined) return [{ placeholder: placeholder[1] }];
  const local = locals.get(nameOf(plain) ?? '');
  if (local !== undefined) return partsOf(rewrite, local, locals);
  const inner = [...below(plain)];
  if (CHANGING.test(source) || inner.some((node) => locals.has(nameOf(node) ?? ''))) return undefined;
  return [{ expression: source, isCalled: inner.some(({ type }) => type === 'CallExpression') }];
}

function partsOfTemplate(
  rewrite: Rewrite,
  node: Syntax,
  locals: Result['locals'],
): readonly Part[] | undefined {
  const expressions = fields(node, 'expressions');
  const parts = fields(node, 'quasis').flatMap((part, index) => {
    const text = cookedText(part);
    const expression = expressions[index];
    return [
      /[{}]/.test(text) ? undefined : [{ text }],
      ...(expression === undefined ? [] : [partsOf(rewrite, expression, locals)]),
    ];
  });
  return joined(parts);
}

function joined(parts: readonly (readonly Part[] | undefined)[]): readonly Part[] | undefined {
  const known = parts.filter((part) => part !== undefined);
  return known.length === parts.length ? known.flat() : undefined;
}

function inSource(rewrite: Rewrite, parts: readonly Part[]): string {
  const [only, ...others] = parts;
  if (only !== undefined && 'expression' in only && others.length === 0) return only.expression;
  if (!parts.some((part) => 'expression' in part))
    return rewrite.quote(parts.map((part) => ('text' in part ? part.text : placeholderOf(part))).join(''));
  const inside = parts.map((part) => {
    if ('expression' in part) return `\${${part.expression}}`;
    return 'text' in part ? part.text.replaceAll(/[\\`]|\$\{/g, '\\$&') : placeholderOf(part);
  });
  return `\`${inside.join('')}\``;
}

function placeholderOf(part: Part): string {
  return 'placeholder' in part ? part.placeholder : '';
}

/** Whether an expression is a function, or the name of one. */
export function functionOf(rewrite: Rewrite, value: Syntax): Syntax | undefined {
  const made = rewrite.file.valueOf(value);
  const types = ['FunctionExpression', 'ArrowFunctionExpression', 'FunctionDeclaration'];
  return made !== undefined && types.includes(made.type) ? made : undefined;
}

/** Whether an expression is `process.env` with one of these names, perhaps with something in place of nothing. */
export function isVariable(value: Syntax | undefined, name: string): boolean {
  const plain = withoutTypes(value);
  if (plain?.type === 'LogicalExpression') {
    const other = textOfLiteral(field(plain, 'right'));
    return other === '' && isVariable(field(plain, 'left'), name);
  }
  return pathOf(plain)?.join('.') === `process.env.${name}`;
}
