/** A node of the syntax tree, as ESTree and its extension for TypeScript define it. */
export interface Syntax {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

export function isSyntax(value: unknown): value is Syntax {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value && 'end' in value;
}

/** The node in a field. */
export function field(node: Syntax | undefined, name: string): Syntax | undefined {
  const value = node?.[name];
  return isSyntax(value) ? value : undefined;
}

/** The nodes of a list in a field. */
export function fields(node: Syntax | undefined, name: string): readonly Syntax[] {
  const value = node?.[name];
  return Array.isArray(value) ? value.filter(isSyntax) : [];
}

export function childrenOf(node: Syntax): readonly Syntax[] {
  return Object.values(node).flatMap((value) => {
    if (Array.isArray(value)) return value.filter(isSyntax);
    return isSyntax(value) ? [value] : [];
  });
}

/** The node and all below it, in the order of the text. */
export function* below(node: Syntax): Generator<Syntax> {
  yield node;
  for (const child of childrenOf(node)) yield* below(child);
}

/** The name of an identifier. */
export function nameOf(node: Syntax | undefined): string | undefined {
  return node?.type === 'Identifier' && typeof node.name === 'string' ? node.name : undefined;
}

/** The text that a literal stands for. */
export function textOfLiteral(node: Syntax | undefined): string | undefined {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  const [only, ...others] = node?.type === 'TemplateLiteral' ? fields(node, 'quasis') : [];
  return only !== undefined && others.length === 0 ? cookedText(only) : undefined;
}

/** The text of a part of a template literal. */
export function cookedText(part: Syntax): string {
  const { value } = part;
  return typeof value === 'object' && value !== null && 'cooked' in value ? String(value.cooked) : '';
}

const WRAPPERS = ['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression', 'TSTypeAssertion'];

/** An expression without what TypeScript says about its type. */
export function withoutTypes(node: Syntax | undefined): Syntax | undefined {
  return node !== undefined && (WRAPPERS.includes(node.type) || node.type === 'ParenthesizedExpression')
    ? withoutTypes(field(node, 'expression'))
    : node;
}

/** The name of a property, unless it is computed. */
export function keyOf(property: Syntax): string | undefined {
  const key = field(property, 'key');
  if (property.computed === true) return textOfLiteral(key);
  return nameOf(key) ?? textOfLiteral(key);
}

/** The names of `a.b.c`, from the left: ['a', 'b', 'c']. */
export function pathOf(node: Syntax | undefined): readonly string[] | undefined {
  const plain = withoutTypes(node);
  if (plain?.type === 'ChainExpression') return pathOf(field(plain, 'expression'));
  if (plain?.type !== 'MemberExpression') {
    const name = nameOf(plain);
    return name === undefined ? undefined : [name];
  }
  const property = field(plain, 'property');
  const name = plain.computed === true ? textOfLiteral(property) : nameOf(property);
  const object = pathOf(field(plain, 'object'));
  return name === undefined || object === undefined ? undefined : [...object, name];
}
