import { type Expression, ExpressionParser, type Place } from './expression.js';
import { compileGlob } from './glob.js';
import { Lexer, type Token } from './lexer.js';
import { MalformedQuery } from './malformed-query.js';
import type { Column, Query, SortKey, Stage } from './query.js';

/** Commands of the service that are not implemented here. */
const UNSUPPORTED: ReadonlySet<string> = new Set(
  'anomaly diff filterindex join lookup pattern search source tail unmask unnest'.split(' '),
);

/**
 * Parses a query of CloudWatch Logs Insights:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html.
 * @throws {MalformedQuery} if the service would refuse it, or if it has a command that is not implemented here
 */
export const parseQuery = (text: string): Query => new QueryParser(new Lexer(text)).parse();

class QueryParser {
  readonly #lexer: Lexer;
  readonly #stages: Stage[] = [];
  /** Names that `fields … as`, `parse` and `stats` define. */
  readonly #ephemeral = new Set<string>();
  readonly #shown = new Set<string>();
  #display: readonly string[] | undefined;
  /** The columns of the last `stats`, after which there are no other fields. */
  #outputs: Set<string> | undefined;
  readonly #commands: ReadonlyMap<string, () => void>;

  constructor(lexer: Lexer) {
    this.#lexer = lexer;
    this.#commands = new Map([
      ['fields', () => this.#readFields()],
      ['display', () => this.#readDisplay()],
      ['filter', () => this.#readFilter()],
      ['where', () => this.#readFilter()],
      ['parse', () => this.#readParse()],
      ['stats', () => this.#readStats()],
      ['sort', () => this.#readSort()],
      ['order', () => this.#readSort()],
      ['limit', () => this.#readLimit()],
      ['head', () => this.#readLimit()],
      ['dedup', () => this.#readDedup()],
    ]);
  }

  parse(): Query {
    do this.#readCommand();
    while (this.#lexer.take('|'));
    this.#expectEnd();
    return { stages: this.#stages, columns: this.#columns() };
  }

  /** Without `fields`, `display` and `stats`, the service shows the time and the message. */
  #columns(): readonly string[] {
    if (this.#display) return this.#display;
    if (this.#shown.size > 0) return [...this.#shown];
    return ['@timestamp', '@message'];
  }

  #readCommand(): void {
    const command = this.#lexer.next();
    const name = command.text.toLowerCase();
    // The service was seen to allow no other command after it.
    const isAfterDedup = this.#stages.at(-1)?.kind === 'dedup';
    if (command.kind !== 'word' || (isAfterDedup && name !== 'limit')) throw this.#lexer.unexpected(command);
    const read = this.#commands.get(name);
    if (!read) throw this.#unknown(command, name);
    read();
  }

  #unknown(command: Token, name: string): MalformedQuery {
    if (!UNSUPPORTED.has(name)) return this.#lexer.unexpected(command);
    return new MalformedQuery(`@putlogs/local does not implement the command '${name}'.`);
  }

  #readFields(): void {
    const columns = this.#readMany(() => this.#readColumn());
    for (const { name } of columns) this.#shown.add(name);
    this.#stages.push({ kind: 'define', columns });
  }

  #readDisplay(): void {
    const columns = this.#readMany(() => this.#readColumn());
    this.#display = columns.map(({ name }) => name);
    this.#stages.push({ kind: 'define', columns });
  }

  #readFilter(): void {
    this.#stages.push({ kind: 'filter', condition: this.#expression() });
  }

  #readDedup(): void {
    this.#stages.push({ kind: 'dedup', values: this.#readMany(() => this.#expression()) });
  }

  #readStats(): void {
    const inputs: Expression[] = [];
    const columns = this.#readMany(() => this.#readColumn((input) => inputs.push(input)));
    const by = this.#lexer.take('by') ? this.#readMany(() => this.#readColumn()) : [];
    this.#stages.push({ kind: 'stats', columns, by, inputs });
    const names = [...by, ...columns].map(({ name }) => name);
    this.#outputs = new Set(names);
    this.#shown.clear();
    for (const name of names) this.#shown.add(name);
  }

  /** An expression with its name, which is its text if it has no other. */
  #readColumn(onInput?: Place['onInput']): Column {
    const { start } = this.#lexer.peek();
    const value = this.#expression(onInput);
    const text = this.#lexer.slice(start).replace(/^`([^`]*)`$/, '$1');
    if (!this.#lexer.take('as')) return { name: text, value };
    return { name: this.#define(), value };
  }

  #readSort(): void {
    const keys = this.#readMany((): SortKey => {
      const value = this.#expression();
      const descending = this.#lexer.take('desc');
      if (!descending) this.#lexer.take('asc');
      return { value, descending };
    });
    this.#stages.push({ kind: 'sort', keys });
  }

  #readLimit(): void {
    const token = this.#lexer.next();
    if (token.kind !== 'number' || !/^\d+$/.test(token.text)) throw this.#lexer.unexpected(token);
    this.#stages.push({ kind: 'limit', count: Number(token.text) });
  }

  /** `parse @message "a * b" as x` or `parse @message /(?<x>…)/`. Without a field, the message is parsed. */
  #readParse(): void {
    const source = this.#readSource();
    const regex = this.#lexer.regex();
    if (regex) {
      for (const name of regex.groupNames) this.#defineName(name);
      this.#stages.push({ kind: 'parse', source, extract: (text) => regex.groups(text) });
      return;
    }
    this.#readGlob(source);
  }

  #readSource(): Expression {
    const { kind, text } = this.#lexer.peek();
    if (kind !== 'word' && kind !== 'field') return (row) => row.get('@message');
    this.#lexer.next();
    this.#check(text);
    return (row) => row.get(text);
  }

  #readGlob(source: Expression): void {
    const token = this.#lexer.next();
    if (token.kind !== 'text') throw this.#lexer.unexpected(token);
    this.#lexer.expect('as');
    const names = this.#readMany(() => this.#define());
    if (names.length !== token.text.split('*').length - 1) throw this.#lexer.unexpected(token);
    const match = compileGlob(token.text);
    this.#stages.push({
      kind: 'parse',
      source,
      extract: (text) => match(text)?.map((part, index) => [names[index] ?? '', part] as const),
    });
  }

  /** Reads the name of a new field. */
  #define(): string {
    const token = this.#lexer.next();
    if (token.kind !== 'word' && token.kind !== 'field') throw this.#lexer.unexpected(token);
    this.#defineName(token.text);
    return token.text;
  }

  #defineName(name: string): void {
    if (this.#ephemeral.has(name)) throw new MalformedQuery(`Ephemeral field is already defined: ${name}`);
    this.#ephemeral.add(name);
    this.#outputs?.add(name);
  }

  /** Throws for a field that is no more after `stats`. */
  #check(name: string): void {
    if (!this.#outputs || this.#outputs.has(name)) return;
    throw new MalformedQuery(`Unknown symbols found in or after stats: ${name}`);
  }

  /** @param onInput given where aggregates are allowed */
  #expression(onInput?: Place['onInput']): Expression {
    const onField = (name: string): void => this.#check(name);
    return new ExpressionParser(this.#lexer, { onField, onInput }).read();
  }

  #readMany<T>(readOne: () => T): readonly T[] {
    const items = [readOne()];
    while (this.#lexer.take(',')) items.push(readOne());
    return items;
  }

  #expectEnd(): void {
    const token = this.#lexer.peek();
    if (token.kind !== 'end') throw this.#lexer.unexpected(token);
  }
}
