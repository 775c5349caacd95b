import { readComparison } from './comparison.js';
import { type Condition, readCondition } from './condition.js';
import { RegexCount } from './regex.js';
import { Scanner } from './scanner.js';

const NAME = /[\p{L}\p{N}_-]+/uy;
const INDEX = /\d+|\*/y;

/** "Only one wildcard selector in a property selector, and up to three in a JSON filter pattern". */
const MAX_WILDCARDS = 3;

/** A name, an index, or `*` for all. */
type Step = string | number;

/** The pattern of JSON messages, such as `{ $.status >= 500 && $.user.id NOT EXISTS }`. */
export function parseJsonPattern(pattern: string): (message: string) => boolean {
  const reader = new JsonPatternReader(new Scanner(pattern));
  const holds = reader.read();
  return (message) => {
    const event = parseObject(message);
    return event !== undefined && holds(event);
  };
}

/** Undefined if the message is not a JSON object. */
function parseObject(message: string): object | undefined {
  if (!message.trimStart().startsWith('{')) return undefined;
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}

class JsonPatternReader {
  readonly #scanner: Scanner;
  readonly #regexes = new RegexCount();
  #wildcards = 0;

  constructor(scanner: Scanner) {
    this.#scanner = scanner;
  }

  read(): Condition<object> {
    this.#scanner.expect('{');
    const condition = readCondition(this.#scanner, () => this.#readOne());
    this.#scanner.expect('}');
    if (!this.#scanner.isAtEnd) throw this.#scanner.error('the pattern ends here');
    return condition;
  }

  #readOne(): Condition<object> {
    const path = this.#readPath();
    if (this.#takeWord('NOT')) {
      if (!this.#takeWord('EXISTS')) throw this.#scanner.error("'EXISTS' is expected");
      return (event) => nodesAt(event, path).length === 0;
    }
    if (this.#takeWord('IS')) {
      const value = this.#readConstant();
      return (event) => nodesAt(event, path).includes(value);
    }
    const holds = readComparison(this.#scanner, this.#regexes);
    if (!holds) throw this.#scanner.error('an operator is expected: =, !=, <, >, <=, >=, IS or NOT EXISTS');
    return (event) => nodesAt(event, path).some((node) => isValue(node) && holds(node));
  }

  #readConstant(): boolean | null {
    if (this.#takeWord('NULL')) return null;
    if (this.#takeWord('TRUE')) return true;
    if (this.#takeWord('FALSE')) return false;
    throw this.#scanner.error("'NULL', 'TRUE' or 'FALSE' is expected");
  }

  #takeWord(word: string): boolean {
    return this.#scanner.match(new RegExp(`${word}\\b`, 'y')) !== undefined;
  }

  #readPath(): readonly Step[] {
    this.#scanner.expect('$');
    const path: Step[] = [];
    for (;;) {
      if (this.#scanner.take('.')) path.push(this.#readName());
      else if (path.length > 0 && this.#scanner.take('[')) path.push(this.#readIndex());
      else break;
    }
    if (path.length === 0) throw this.#scanner.error("'.' is expected");
    const wildcards = path.filter((step) => step === '*').length;
    this.#wildcards += wildcards;
    if (wildcards > 1) throw this.#scanner.error('more than one wildcard in a selector');
    if (this.#wildcards > MAX_WILDCARDS) throw this.#scanner.error(`more than ${MAX_WILDCARDS} wildcards`);
    return path;
  }

  #readName(): Step {
    if (this.#scanner.take('*')) return '*';
    const name = this.#scanner.match(NAME);
    if (name === undefined) throw this.#scanner.error('the name of a property is expected');
    return name;
  }

  #readIndex(): Step {
    const index = this.#scanner.match(INDEX);
    if (index === undefined) throw this.#scanner.error('an index or * is expected');
    this.#scanner.expect(']');
    return index === '*' ? index : Number(index);
  }
}

/** "Value nodes can be strings or numbers": nothing equals another node, and nothing differs from one. */
const isValue = (node: unknown): node is string | number =>
  typeof node === 'string' || typeof node === 'number';

/** The nodes that a path selects: none, one, or several with a wildcard. */
const nodesAt = (event: object, path: readonly Step[]): readonly unknown[] =>
  path.reduce<readonly unknown[]>((nodes, step) => nodes.flatMap((node) => below(node, step)), [event]);

function below(node: unknown, step: Step): readonly unknown[] {
  if (typeof node !== 'object' || node === null) return [];
  if (step === '*') return Object.values(node);
  if (Array.isArray(node) !== (typeof step === 'number') || !Object.hasOwn(node, step)) return [];
  return [Reflect.get(node, step)];
}
