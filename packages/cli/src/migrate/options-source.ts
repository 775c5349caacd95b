import type { OptionRule } from './option-rules.js';
import { type Given, OptionsObject } from './options-object.js';
import type { Rewrite } from './rewrite.js';
import { field, fields, nameOf, pathOf, type Syntax, withoutTypes } from './source/syntax.js';

/** How the options of a package become ours. */
export interface OptionsRules {
  /** The package that goes. */
  readonly from: string;
  /** The page of the documentation, below docs/migrate. */
  readonly page: string;
  readonly rules: Readonly<Record<string, OptionRule>>;
  /** Whether our transport has an option of this name. */
  isOurs(name: string): boolean;
  /** Called for each object after its options. */
  eachObject?(options: OptionsObject): void;
  /** Called for all options together, unless there are some that cannot be seen. */
  atEnd?(expression: Syntax, names: ReadonlySet<string>): void;
}

/** Rewrites the options that an expression stands for, wherever in the file their objects are. */
export class OptionsSource {
  readonly #rewrite: Rewrite;
  readonly #rules: OptionsRules;
  readonly #done = new Set<Syntax>();
  /** The names by which options were found. */
  readonly #followed = new Set<Syntax>();

  constructor(rewrite: Rewrite, rules: OptionsRules) {
    this.#rewrite = rewrite;
    this.#rules = rules;
  }

  migrate(expression: Syntax | undefined): void {
    if (expression === undefined) return;
    const names = new Set<string>();
    const isWhole = this.#follow(expression, names);
    if (isWhole) this.#rules.atEnd?.(expression, names);
  }

  /** Others may have the options by their old names, or be given what is no longer there. To be called at the end. */
  noteOtherUses(): void {
    const { file } = this.#rewrite;
    const followed = [...this.#followed].map((expression) => rootOf(expression));
    for (const expression of this.#followed) {
      const path = pathOf(expression) ?? [];
      const [root = ''] = path;
      const text = path.join('.');
      const isSame = (use: Syntax) => isWithin(pathOf(this.#wholeOf(use)) ?? [], path);
      for (const use of file.references(root).filter((each) => !followed.includes(each) && isSame(each)))
        this.#rewrite.note(use, `${text} is used here too: its options have new names`);
      const [declaration] = file.declarations(root);
      if (declaration !== undefined && this.#isExported(declaration))
        this.#rewrite.note(declaration, `${text} is exported: its options have new names`);
    }
  }

  /** `a.b.c` for its `a` */
  #wholeOf(name: Syntax): Syntax {
    const parent = this.#rewrite.file.parentOf(name);
    const isPart =
      parent?.type === 'ChainExpression' ||
      (parent?.type === 'MemberExpression' && field(parent, 'object') === name);
    return parent !== undefined && isPart ? this.#wholeOf(parent) : name;
  }

  #isExported(declaration: Syntax): boolean {
    const { file } = this.#rewrite;
    const made = file.parentOf(declaration);
    const statement = made?.type === 'VariableDeclarator' ? file.parentOf(made) : made;
    return statement !== undefined && file.parentOf(statement)?.type === 'ExportNamedDeclaration';
  }

  /** @returns whether all options can be seen */
  #follow(expression: Syntax, names: Set<string>): boolean {
    const value = this.#rewrite.file.valueOf(expression);
    if (value !== withoutTypes(expression)) this.#followed.add(expression);
    if (value?.type === 'ObjectExpression') return this.#migrateObject(value, names);
    const parts = value === undefined ? [] : [...partsOf(value), ...this.#returned(value)];
    if (parts.length === 0) this.#noteUnknown(expression);
    return parts.length > 0 && parts.map((part) => this.#follow(part, names)).every(Boolean);
  }

  /** What a function of the file returns that is called there. */
  #returned(value: Syntax): readonly Syntax[] {
    if (value.type !== 'CallExpression') return [];
    const callee = field(value, 'callee');
    const made = this.#rewrite.file.valueOf(callee);
    const body = made === callee ? undefined : field(made, 'body');
    if (callee === undefined || body === undefined || made?.type === 'ClassDeclaration') return [];
    this.#followed.add(callee);
    if (body.type !== 'BlockStatement') return [body];
    const returns = fields(body, 'body').filter(({ type }) => type === 'ReturnStatement');
    return returns.flatMap((statement) => field(statement, 'argument') ?? []);
  }

  #migrateObject(node: Syntax, names: Set<string>): boolean {
    const options = new OptionsObject(this.#rewrite, node);
    for (const { name } of options.given) names.add(name);
    if (!this.#done.has(node)) this.#migrateOptions(options);
    this.#done.add(node);
    return options.others
      .map((other) => {
        const spread = other.type === 'SpreadElement' ? field(other, 'argument') : undefined;
        if (spread === undefined) this.#noteUnknown(other);
        return spread !== undefined && this.#follow(spread, names);
      })
      .every(Boolean);
  }

  #migrateOptions(options: OptionsObject): void {
    const { rules, isOurs, from } = this.#rules;
    const ignored: Given[] = [];
    for (const option of options.given) {
      const rule = Object.hasOwn(rules, option.name) ? rules[option.name] : undefined;
      if (rule !== undefined) rule(option, options);
      else if (isOurs(option.name)) ignored.push(option);
      else {
        options.remove(option);
        const why = `neither ${from} nor putlogs has such an option`;
        this.#rewrite.note(option.property, `${option.name} is left out: ${why}`);
      }
    }
    for (const option of ignored.filter((given) => options.isKept(given)))
      this.#rewrite.note(option.property, `${option.name} counts now: ${from} has no such option`);
    this.#rules.eachObject?.(options);
    options.finish();
  }

  #noteUnknown(node: Syntax): void {
    const { from, page } = this.#rules;
    const [text = ''] = this.#rewrite.file.textOf(node).split('\n');
    this.#rewrite.note(
      node,
      `${text} cannot be followed from here: if it holds options of ${from}, change them as docs/migrate/${page} says`,
    );
  }
}

/** The expressions that one of several stands for, or that are merged. */
function partsOf(value: Syntax): readonly Syntax[] {
  const both = (...names: readonly string[]) => names.flatMap((name) => field(value, name) ?? []);
  if (value.type === 'ConditionalExpression') return both('consequent', 'alternate').filter(isNotNothing);
  if (value.type === 'LogicalExpression')
    return value.operator === '&&' ? both('right') : both('left', 'right').filter(isNotNothing);
  const callee = value.type === 'CallExpression' ? pathOf(field(value, 'callee'))?.join('.') : undefined;
  return callee === 'Object.assign' || callee === 'Object.freeze' ? fields(value, 'arguments') : [];
}

function isNotNothing(node: Syntax): boolean {
  return nameOf(node) !== 'undefined' && node.value !== null;
}

function rootOf(expression: Syntax): Syntax {
  const plain = withoutTypes(expression) ?? expression;
  const inner = field(plain, plain.type === 'ChainExpression' ? 'expression' : 'object');
  return inner === undefined ? plain : rootOf(inner);
}

/** Whether two paths are those of the same, or of something in it. */
function isWithin(a: readonly string[], b: readonly string[]): boolean {
  const length = Math.min(a.length, b.length);
  return a.slice(0, length).join('.') === b.slice(0, length).join('.');
}
