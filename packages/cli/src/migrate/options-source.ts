import { type OptionRule, same } from './option-rules.js';
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
  /** Options that decide something together, as long as they are in one object. */
  readonly together?: readonly (readonly string[])[];
  /** Called for all options together. @param isWhole whether there are none that cannot be seen */
  atEnd?(expression: Syntax, given: readonly Given[], isWhole: boolean): void;
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
    const given: Given[] = [];
    const isWhole = this.#follow(expression, given);
    this.#noteApart(expression, given);
    this.#rules.atEnd?.(expression, given, isWhole);
  }

  #noteApart(expression: Syntax, given: readonly Given[]): void {
    for (const names of this.#rules.together ?? []) {
      const found = given.filter(({ name }) => names.includes(name));
      const objects = new Set(found.map(({ property }) => this.#rewrite.file.parentOf(property)));
      const all = [...new Set(found.map(({ name }) => name))];
      if (objects.size > 1 && all.length > 1)
        this.#rewrite.note(
          expression,
          `${all.join(' and ')} are in different objects: where both apply, check which counts now`,
        );
    }
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
        this.#noteUse(use, text, (pathOf(this.#wholeOf(use)) ?? [])[path.length]);
      const [declaration] = file.declarations(root);
      if (declaration !== undefined && this.#isExported(declaration))
        this.#rewrite.note(declaration, `${text} is exported: its options have new names`);
    }
  }

  /** @param name that of the option, if it is that of one */
  #noteUse(use: Syntax, text: string, name: string | undefined): void {
    const { rules, isOurs, page } = this.#rules;
    const rule = name !== undefined && Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === same && name !== undefined && isOurs(name)) return;
    let what = 'its options have new names';
    if (rule?.to !== undefined) what = `${name} is called ${rule.to} now`;
    else if (rule !== undefined) what = `change ${name} as docs/migrate/${page} says`;
    this.#rewrite.note(use, `${text} is used here too: ${what}`);
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
  #follow(expression: Syntax, given: Given[]): boolean {
    const value = this.#rewrite.file.valueOf(expression);
    if (value !== withoutTypes(expression)) this.#followed.add(expression);
    if (value?.type === 'ObjectExpression') return this.#migrateObject(value, given);
    const parts = value === undefined ? [] : [...partsOf(value), ...this.#returned(value)];
    if (parts.length === 0) this.#noteUnknown(expression);
    return parts.length > 0 && parts.map((part) => this.#follow(part, given)).every(Boolean);
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

  #migrateObject(node: Syntax, given: Given[]): boolean {
    const options = new OptionsObject(this.#rewrite, node);
    given.push(...options.given);
    if (!this.#done.has(node)) this.#migrateOptions(options);
    this.#done.add(node);
    return options.others
      .map((other) => {
        const spread = other.type === 'SpreadElement' ? field(other, 'argument') : undefined;
        if (spread === undefined) this.#noteUnknown(other);
        return spread !== undefined && this.#follow(spread, given);
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
