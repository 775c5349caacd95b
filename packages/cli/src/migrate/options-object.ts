import type { Rewrite } from './rewrite.js';
import { fields, isSyntax, keyOf, nameOf, type Syntax } from './source/syntax.js';

/** An option in an object of the source. */
export interface Given {
  readonly name: string;
  readonly property: Syntax;
  readonly value: Syntax;
  /** The source text of its value, of a method as that of a function. */
  readonly text: string;
}

/** The options of another package, as an object in the source. */
export class OptionsObject {
  readonly rewrite: Rewrite;
  readonly node: Syntax;
  readonly given: readonly Given[];
  readonly #properties: readonly Syntax[];
  readonly #removed = new Set<Syntax>();
  readonly #within = new Set<Syntax>();

  constructor(rewrite: Rewrite, node: Syntax) {
    this.rewrite = rewrite;
    this.node = node;
    this.#properties = fields(node, 'properties');
    this.given = this.#properties.flatMap((property) => {
      const name = property.type === 'Property' ? keyOf(property) : undefined;
      const { value } = property;
      if (name === undefined || !isSyntax(value)) return [];
      return [{ name, property, value, text: functionText(rewrite, property, value) }];
    });
  }

  /** What is spread into it, and properties whose names are computed. */
  get others(): readonly Syntax[] {
    return this.#properties.filter((property) => !this.given.some((option) => option.property === property));
  }

  get(name: string): Given | undefined {
    return this.given.find((option) => option.name === name);
  }

  rename({ property, value }: Given, name: string): void {
    const { key, shorthand } = property;
    this.#removeIgnored(name, property);
    if (shorthand === true) this.rewrite.edits.insert(property.start, `${name}: `);
    else if (nameOf(value) === name) this.rewrite.edits.replace(property, name);
    else if (isSyntax(key)) this.rewrite.edits.replace(key, name);
  }

  /** @param texts those of the properties that stand there from now on, each with its name; none removes it */
  replace({ property }: Given, ...texts: readonly string[]): void {
    const indent = this.rewrite.file.indentAt(property.start);
    const isAlone = /^[ \t]*$/.test(
      this.rewrite.file.text.slice(this.#lineStart(property.start), property.start),
    );
    for (const text of texts) this.#removeIgnored(text.slice(0, text.indexOf(':')), property);
    if (texts.length === 0) this.remove({ property });
    else this.rewrite.edits.replace(property, texts.join(isAlone ? `,\n${indent}` : ', '));
  }

  isKept({ property }: Given): boolean {
    return !this.#removed.has(property);
  }

  /** Removes the line of a property with the comment behind it, or the property alone where others share its line. */
  remove({ property }: Pick<Given, 'property'>): void {
    const { text } = this.rewrite.file;
    const lineStart = this.#lineStart(property.start);
    const after = /^[ \t]*,?[ \t]*(?:\/\/[^\n]*|\/\*[^\n]*?\*\/[ \t]*)?\r?\n/.exec(text.slice(property.end));
    this.#removed.add(property);
    if (after !== null && text.slice(lineStart, property.start).trim() === '')
      this.rewrite.edits.remove({ start: lineStart, end: property.end + after[0].length });
    else this.#within.add(property);
  }

  /** Removes what shares its line with others. To be called once, after all other changes. */
  finish(): void {
    const { text } = this.rewrite.file;
    const isKept = (property: Syntax) => !this.#removed.has(property);
    const last = this.#properties.findLastIndex(isKept);
    for (const [index, property] of this.#properties.entries()) {
      if (!this.#within.has(property)) continue;
      const comma = /^\s*,[ \t]*/.exec(text.slice(property.end))?.[0] ?? '';
      const before = this.#properties[last];
      // Behind the last one that is kept, the commas go that stand before.
      if (index > last && before !== undefined)
        this.rewrite.edits.remove({ start: before.end, end: property.end });
      else this.rewrite.edits.remove({ start: property.start, end: property.end + comma.length });
    }
  }

  /** Another property that has the name which one gets now: the other package does not know it. */
  #removeIgnored(name: string, property: Syntax): void {
    const ignored = this.get(name);
    if (ignored !== undefined && ignored.property !== property) this.remove(ignored);
  }

  #lineStart(position: number): number {
    return this.rewrite.file.text.lastIndexOf('\n', position - 1) + 1;
  }
}

function functionText(rewrite: Rewrite, property: Syntax, value: Syntax): string {
  const text = rewrite.textOf(value);
  if (property.method !== true) return text;
  return `${value.async === true ? 'async ' : ''}function ${text}`;
}
