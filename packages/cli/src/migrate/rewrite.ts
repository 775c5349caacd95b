import { Edits } from './source/edits.js';
import type { SourceFile } from './source/source-file.js';
import type { Syntax } from './source/syntax.js';

/** Something that the user has to know or do, at a line of the file as it was. */
export interface Note {
  readonly line: number;
  readonly text: string;
}

/** A file that is being rewritten. */
export class Rewrite {
  readonly file: SourceFile;
  readonly edits: Edits;
  readonly #notes: Note[] = [];

  constructor(file: SourceFile) {
    this.file = file;
    this.edits = new Edits(file.text);
  }

  /** The source text of a node with the changes so far. */
  textOf({ start, end }: Syntax): string {
    return this.edits.between(start, end);
  }

  note(at: Syntax, text: string): void {
    const line = this.file.lineOf(at);
    if (!this.#notes.some((note) => note.line === line && note.text === text))
      this.#notes.push({ line, text });
  }

  get notes(): readonly Note[] {
    return this.#notes.toSorted((a, b) => a.line - b.line);
  }

  /**
   * How the source gets at an export of a package that it does not import yet: by an import, or in a CommonJS module by
   * `require`. @param otherName what the import is called if the name of the export is taken
   */
  load(packageName: string, name: string, otherName: string): string {
    if (!this.file.isModule) return `require('${packageName}').${name}`;
    const local = this.file.isFree(name) ? name : otherName;
    const specifier = local === name ? name : `${name} as ${local}`;
    const line = `import { ${specifier} } from ${this.quote(packageName)};\n`;
    this.edits.insert(this.file.startOfImports, line);
    return local;
  }

  /** The quotes that the file uses for most of its texts. */
  quote(text: string): string {
    const singles = this.file.text.split("'").length;
    const doubles = this.file.text.split('"').length;
    const mark = doubles > singles ? '"' : "'";
    return mark + text.replaceAll('\\', '\\\\').replaceAll(mark, `\\${mark}`) + mark;
  }
}
