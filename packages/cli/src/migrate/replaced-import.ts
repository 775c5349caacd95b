import type { Rewrite } from './rewrite.js';
import { type Import, importsOf, type Named } from './source/imports.js';
import { field, keyOf, nameOf, pathOf, type Syntax } from './source/syntax.js';

export interface Replacement {
  /** The package that goes. */
  readonly from: string;
  readonly to: '@putlogs/pino' | '@putlogs/winston';
  /** What takes the place of the package's only export. */
  readonly name: string;
  /** Types that it exports besides, and what takes their place. */
  readonly types: Readonly<Record<string, string>>;
}

/** The imports of a package, which become imports of one of ours. */
export class ReplacedImport {
  readonly #rewrite: Rewrite;
  readonly #replacement: Replacement;
  readonly #found: readonly Import[];
  readonly #added: string[] = [];
  #renamed: readonly string[] = [];

  constructor(rewrite: Rewrite, replacement: Replacement) {
    this.#rewrite = rewrite;
    this.#replacement = replacement;
    this.#found = importsOf(rewrite.file, replacement.from);
  }

  get isFound(): boolean {
    return this.#found.length > 0;
  }

  /** Says something about the package where it is first loaded. */
  note(text: string): void {
    const first = this.#found.find(({ node }) => node.importKind !== 'type');
    if (first !== undefined) this.#rewrite.note(first.node, `${this.#replacement.from}: ${text}`);
  }

  /** Whether a callee is what the package exports. */
  isExport(callee: Syntax | undefined): boolean {
    const [name, ...rest] = pathOf(callee) ?? [];
    if (callee !== undefined && name !== undefined)
      return ['', 'default'].includes(rest.join('.')) && this.#isLoadedAs(name, callee);
    return this.#found.some(({ kind, node }) => kind === 'expression' && node === callee);
  }

  /** Whether a name stands for the same at a place as where the package is loaded under that name. */
  #isLoadedAs(name: string, place: Syntax): boolean {
    const { file } = this.#rewrite;
    return this.#found.some((found) => {
      const isName = ('local' in found && found.local === name) || ('alias' in found && found.alias === name);
      return isName && file.declarationAt(name, place) === file.declarationAt(name, found.node);
    });
  }

  /** What the source calls an export of ours. It is imported, too. */
  use(name: string): string {
    const otherName = `putlogs${name[0]?.toUpperCase()}${name.slice(1)}`;
    if (!this.#found.some(isExtensible)) return this.#rewrite.load(this.#replacement.to, name, otherName);
    const local = this.#rewrite.file.isFree(name) ? name : otherName;
    const specifier = local === name ? name : this.#pair(name, local);
    if (!this.#added.includes(specifier)) this.#added.push(specifier);
    return local;
  }

  /** What the source calls a type of ours. It is imported, too. */
  useType(name: string): string {
    const specifier = `type ${name}`;
    if (!this.#added.includes(specifier)) this.#added.push(specifier);
    return name;
  }

  /** Writes the new name where it is used. To be called before texts move that contain it. */
  rename(): void {
    const { name } = this.#replacement;
    this.#renamed = this.#locals.filter((local) => local === name || this.#canRename(local));
    for (const local of this.#renamed)
      for (const reference of this.#rewrite.file.references(local))
        if (local !== name) this.#rewrite.edits.replace(reference, name);
  }

  /** Writes the imports, at the end, when all that is to be imported is known. */
  finish(): void {
    const { name } = this.#replacement;
    const localOf = (local: string | undefined) =>
      local === undefined || this.#renamed.includes(local) ? name : local;
    const first = this.#found.find(isExtensible);
    const isType = (specifier: string) => specifier.startsWith('type ');
    const added = [...this.#added.filter((each) => !isType(each)), ...this.#added.filter(isType)];
    for (const found of this.#found) this.#write(found, localOf, found === first ? added : []);
  }

  get #locals(): readonly string[] {
    return [
      ...new Set(this.#found.flatMap((found) => ('local' in found && found.local ? [found.local] : []))),
    ];
  }

  get #isCommonJs(): boolean {
    return !this.#found.some(({ kind }) => kind === 'import' || kind === 'equals');
  }

  #pair(name: string, local: string): string {
    return this.#isCommonJs ? `${name}: ${local}` : `${name} as ${local}`;
  }

  /** Not if another declaration, perhaps in an inner scope, has either name, or if the name itself is a property or an export. */
  #canRename(local: string): boolean {
    const { file } = this.#rewrite;
    const own = this.#found.filter((found) => 'local' in found && found.local === local);
    if (!file.isFree(this.#replacement.name) || file.declarations(local).length !== own.length) return false;
    return file.references(local).every((reference) => {
      const parent = file.parentOf(reference);
      return parent?.type !== 'ExportSpecifier' && parent?.shorthand !== true;
    });
  }

  #write(found: Import, localOf: (local: string | undefined) => string, added: readonly string[]): void {
    const { edits, file } = this.#rewrite;
    const { name } = this.#replacement;
    const specifiers = (local: string | undefined, types: readonly string[] = []) => {
      const own = localOf(local) === name ? name : this.#pair(name, localOf(local));
      return `{ ${[own, ...added, ...types].join(', ')} }`;
    };
    if (found.kind === 'import') this.#writeImport(found, specifiers);
    else if (found.kind === 'equals') {
      const end = field(found.node, 'moduleReference')?.end ?? found.node.end;
      edits.replace(
        { start: found.node.start, end },
        `import ${specifiers(found.local)} from ${this.#quoted}`,
      );
    } else if (found.kind === 'variable') {
      const id = field(found.node, 'id');
      if (id !== undefined) edits.replace(id, specifiers(found.local));
      edits.replace(found.loaded, `require(${this.#quoted})`);
    } else if (found.kind === 'statement')
      edits.replace(found.node, `const ${specifiers(undefined)} = require(${this.#quoted})`);
    else if (found.kind === 'expression') edits.replace(found.node, `require(${this.#quoted}).${name}`);
    else this.#writeDynamic(found.node, file.parentOf(found.node));
  }

  #writeImport(
    { node, local, named }: Extract<Import, { kind: 'import' }>,
    specifiers: (local: string | undefined, types: readonly string[]) => string,
  ): void {
    const source = field(node, 'source');
    const types = named.flatMap((each) => this.#writeType(each, node.importKind === 'type'));
    const isValue = local !== undefined || named.length === 0;
    const all = isValue ? specifiers(local, types) : `{ ${types.join(', ')} }`;
    const keyword = node.importKind === 'type' ? 'import type' : 'import';
    if (source !== undefined)
      this.#rewrite.edits.replace(
        { start: node.start, end: source.end },
        `${keyword} ${all} from ${this.#quoted}`,
      );
  }

  #writeType({ imported, local, specifier }: Named, isTypeOnly: boolean): string[] {
    const type = this.#replacement.types[imported];
    if (type === undefined) {
      const { to } = this.#replacement;
      this.#rewrite.note(specifier, `${imported} is no longer imported: ${to} exports nothing like it`);
      return [];
    }
    const { file, edits } = this.#rewrite;
    const canRename = file.isFree(type) && file.declarations(local).length === 1;
    if (canRename) for (const reference of file.references(local)) edits.replace(reference, type);
    const prefix = isTypeOnly ? '' : 'type ';
    return [prefix + (canRename || local === type ? type : `${type} as ${local}`)];
  }

  /** `(await import('package')).default` and `const { default: X } = await import('package')`. */
  #writeDynamic(node: Syntax, parent: Syntax | undefined): void {
    const { edits, file } = this.#rewrite;
    const { name, from } = this.#replacement;
    const source = field(node, 'source');
    const use = parent === undefined ? undefined : file.parentOf(parent);
    const property = use?.type === 'MemberExpression' ? field(use, 'property') : undefined;
    const id = field(use, 'id');
    const pattern =
      id?.type === 'ObjectPattern'
        ? file.all('Property').find((each) => file.parentOf(each) === id)
        : undefined;
    const key = pattern !== undefined && keyOf(pattern) === 'default' ? field(pattern, 'key') : undefined;
    const place = nameOf(property) === 'default' ? property : key;
    if (place === undefined || source === undefined) {
      this.#rewrite.note(
        node,
        `import('${from}') is left as it is: write (await import(${this.#quoted})).${name}`,
      );
      return;
    }
    edits.replace(source, this.#quoted);
    edits.replace(place, name);
  }

  get #quoted(): string {
    return this.#rewrite.quote(this.#replacement.to);
  }
}

/** Whether further names can be imported there. */
function isExtensible(found: Import): boolean {
  if (found.kind === 'import')
    return found.node.importKind !== 'type' && (found.local !== undefined || found.named.length === 0);
  return found.kind === 'equals' || found.kind === 'variable' || found.kind === 'statement';
}
