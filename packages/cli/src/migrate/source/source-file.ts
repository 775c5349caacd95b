import { DECLARATIONS, isDeclared, isReference, scopeOf } from './names.js';
import { parse } from './parse.js';
import {
  below,
  childrenOf,
  field,
  fields,
  keyOf,
  nameOf,
  pathOf,
  type Syntax,
  withoutTypes,
} from './syntax.js';

/** A parsed file, and what its names stand for. */
export class SourceFile {
  readonly text: string;
  readonly root: Syntax;
  readonly #parents = new Map<Syntax, Syntax>();
  readonly #nodes: readonly Syntax[];
  readonly #isNamedCommonJs: boolean;

  /** @throws {SyntaxError} if it cannot be parsed */
  constructor(path: string, text: string) {
    this.text = text;
    this.#isNamedCommonJs = path.endsWith('.cjs');
    this.root = parse(path, text);
    const nodes = new Set<Syntax>();
    for (const node of below(this.root)) {
      nodes.add(node);
      for (const child of childrenOf(node)) if (!this.#parents.has(child)) this.#parents.set(child, node);
    }
    this.#nodes = [...nodes].toSorted((a, b) => a.start - b.start || b.end - a.end);
  }

  all(type: string): readonly Syntax[] {
    return this.#nodes.filter((node) => node.type === type);
  }

  parentOf(node: Syntax): Syntax | undefined {
    return this.#parents.get(node);
  }

  textOf(node: Syntax): string {
    return this.text.slice(node.start, node.end);
  }

  lineOf(node: Syntax): number {
    return this.text.slice(0, node.start).split('\n').length;
  }

  /** What the line begins with that a position is in. */
  indentAt(position: number): string {
    const line = this.text.slice(this.text.lastIndexOf('\n', position - 1) + 1, position);
    return /^[ \t]*/.exec(line)?.[0] ?? '';
  }

  /** Whether it is an ES module, as far as its text says: one that imports or exports, or has nothing of CommonJS. */
  get isModule(): boolean {
    const isStatement = ({ type }: Syntax) => /^(?:Import|Export)/.test(type);
    const isCommonJs = ['require', 'module', 'exports'].some((name) => this.references(name).length > 0);
    return !this.#isNamedCommonJs && (fields(this.root, 'body').some(isStatement) || !isCommonJs);
  }

  /** Where another import may stand. */
  get startOfImports(): number {
    const [first] = [...this.all('ImportDeclaration'), ...fields(this.root, 'body')];
    return first?.start ?? 0;
  }

  /** The identifiers that declare a name, in whatever scope. */
  declarations(name: string): readonly Syntax[] {
    return this.#identifiers(name).filter((node) => isDeclared(node, (child) => this.parentOf(child)));
  }

  /** The identifier that declares what a name stands for at a place, which is the innermost of those around it. */
  declarationAt(name: string, place: Syntax): Syntax | undefined {
    const around = this.declarations(name).flatMap((declaration) => {
      const { start, end } = scopeOf(declaration, (child) => this.parentOf(child)) ?? this.root;
      return start <= place.start && place.end <= end ? [{ declaration, size: end - start }] : [];
    });
    return around.toSorted((a, b) => a.size - b.size)[0]?.declaration;
  }

  /** The identifiers that refer to what a name declares, in expressions and types. */
  references(name: string): readonly Syntax[] {
    const parentOf = (child: Syntax) => this.parentOf(child);
    return this.#identifiers(name).filter(
      (node) => !isDeclared(node, parentOf) && isReference(node, parentOf(node)),
    );
  }

  /** Whether a name is free, so that an import may take it. */
  isFree(name: string): boolean {
    return this.declarations(name).length === 0;
  }

  /**
   * The expression that an expression stands for: the value of a variable that is declared once, of a property of its
   * object, or the expression itself.
   */
  valueOf(expression: Syntax | undefined): Syntax | undefined {
    const plain = withoutTypes(expression);
    const [name, ...properties] = pathOf(plain) ?? [];
    if (name === undefined || plain === undefined) return plain;
    const [declaration, ...others] = this.declarations(name);
    if (declaration === undefined || others.length > 0) return plain;
    const declarator = this.parentOf(declaration);
    const isNamed = declarator !== undefined && field(declarator, 'id') === declaration;
    // var options = options || {}
    const isItself = isNamed && declarator.start <= plain.start && plain.end <= declarator.end;
    if (isItself) return plain;
    if (isNamed && DECLARATIONS.includes(declarator.type)) return declarator;
    let value =
      declarator?.type === 'VariableDeclarator' ? withoutTypes(field(declarator, 'init')) : undefined;
    for (const property of properties) {
      const found = fields(value, 'properties').find((candidate) => keyOf(candidate) === property);
      value = withoutTypes(field(found, 'value'));
    }
    return value ?? plain;
  }

  #identifiers(name: string): readonly Syntax[] {
    return this.#nodes.filter((node) => nameOf(node) === name);
  }
}
