interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Changes to a text. What they do not touch stays as it is. */
export class Edits {
  readonly #text: string;
  readonly #edits: Edit[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  /** @param text with \n at the ends of its lines, whatever the file has */
  replace({ start, end }: { readonly start: number; readonly end: number }, text: string): void {
    const newline = this.#text.includes('\r\n') ? '\r\n' : '\n';
    const edit = { start, end, text: text.replaceAll(/\r?\n/g, newline) };
    const same = this.#edits.some(
      (other) => other.start === start && other.end === end && other.text === edit.text,
    );
    if (!same) this.#edits.push(edit);
  }

  insert(position: number, text: string): void {
    this.replace({ start: position, end: position }, text);
  }

  remove(range: { readonly start: number; readonly end: number }): void {
    this.replace(range, '');
  }

  /** Whether a part of the text is replaced, perhaps with more around it. */
  covers({ start, end }: { readonly start: number; readonly end: number }): boolean {
    return this.#edits.some((edit) => edit.start <= start && edit.end >= end);
  }

  /** The part of the text between two positions, changed. */
  between(start: number, end: number): string {
    const within = this.#edits.filter((edit) => edit.start >= start && edit.end <= end);
    let text = '';
    let position = start;
    for (const edit of within.toSorted(inOrder)) {
      // Inside of something that is removed or replaced as a whole.
      if (edit.start < position) continue;
      text += this.#text.slice(position, edit.start) + edit.text;
      position = edit.end;
    }
    return text + this.#text.slice(position, end);
  }

  apply(): string {
    return this.between(0, this.#text.length);
  }
}

/** Insertions come before what is replaced there, and a whole before its parts. */
function inOrder(a: Edit, b: Edit): number {
  const isInsertion = (edit: Edit) => edit.start === edit.end;
  return a.start - b.start || Number(isInsertion(b)) - Number(isInsertion(a)) || b.end - a.end;
}
