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

  /** The quotes that the file uses for most of its texts. */
  quote(text: string): string {
    const singles = this.file.text.split("'").length;
    const doubles = this.file.text.split('"').length;
    const mark = doubles > singles ? '"' : "'";
    return mark + text.replaceAll('\\', '\\\\').replaceAll(mark, `\\${mark}`) + mark;
  }
}
