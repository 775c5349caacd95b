import type { Entry } from './aggregates.js';
import { AGGREGATES } from './aggregates.js';
import { FUNCTIONS, floorTo } from './functions.js';
import type { Lexer, Token } from './lexer.js';
import { MalformedQuery } from './malformed-query.js';
import type { Row } from './row.js';
import { areEqual, compare, isTrue, Timestamp, toNumber, toText, type Value } from './value.js';

/** Computes a value from a row; an aggregate, from all rows of its group. */
export type Expression = (row: Row, group: readonly Row[]) => Value;

const COMPARISONS: Readonly<Record<string, (a: Value, b: Value) => boolean>> = {
  '=': areEqual,
  // As in SQL, a missing field neither equals nor differs from anything.
  '!=': (a, b) => a !== undefined && b !== undefined && !areEqual(a, b),
  '<': (a, b) => (compare(a, b) ?? Number.NaN) < 0,
  '>': (a, b) => (compare(a, b) ?? Number.NaN) > 0,
  '<=': (a, b) => (compare(a, b) ?? Number.NaN) <= 0,
  '>=': (a, b) => (compare(a, b) ?? Number.NaN) >= 0,
};

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
};

/** Operators of the same line bind equally tightly; each line binds more tightly than the one before. */
const LEVELS = [['+', '-'], ['*', '/', '%'], ['^']] as const;

/** More than a person writes. */
const MAX_DEPTH = 100;

/** What expressions may contain at their place in a query. */
export interface Place {
  /** Called with each argument of an aggregate such as `sum(ms)`. Undefined where aggregates are not allowed. */
  readonly onInput: ((input: Expression) => void) | undefined;
  /** Called with each field that is read. */
  readonly onField: (name: string) => void;
}

/** Reads the expressions of a query. */
export class ExpressionParser {
  readonly #lexer: Lexer;
  readonly #place: Place;
  #isInAggregate = false;
  #depth = 0;

  constructor(lexer: Lexer, place: Place) {
    this.#lexer = lexer;
    this.#place = place;
  }

  /** Reads the whole expression, with `or`, `and` and `not`. */
  read(): Expression {
    let left = this.#readAnd();
    while (this.#lexer.take('or')) {
      const [a, b] = [left, this.#readAnd()];
      left = (row, group) => isTrue(a(row, group)) || isTrue(b(row, group));
    }
    return left;
  }

  #readAnd(): Expression {
    let left = this.#readNot();
    while (this.#lexer.take('and')) {
      const [a, b] = [left, this.#readNot()];
      left = (row, group) => isTrue(a(row, group)) && isTrue(b(row, group));
    }
    return left;
  }

  /** Reads what is inside of another expression, which may be so deep that no stack holds it. */
  #nested<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH) throw new MalformedQuery(`expression nested more than ${MAX_DEPTH} deep`);
    const inner = read();
    this.#depth--;
    return inner;
  }

  #readNot(): Expression {
    if (!this.#lexer.take('not')) return this.#readComparison();
    const operand = this.#nested(() => this.#readNot());
    return (row, group) => !isTrue(operand(row, group));
  }

  #readComparison(): Expression {
    const left = this.#readArithmetic(0);
    const operator = this.#lexer.peek();
    const holds = operator.kind === 'symbol' ? COMPARISONS[operator.text] : undefined;
    if (holds) {
      this.#lexer.next();
      const right = this.#readArithmetic(0);
      return (row, group) => holds(left(row, group), right(row, group));
    }
    const isNegated = this.#lexer.take('not');
    const test = this.#readTest(left);
    if (test) return isNegated ? (row, group) => !test(row, group) : test;
    if (isNegated) throw this.#lexer.unexpected(this.#lexer.peek());
    return left;
  }

  /** Reads what follows a value: `like`, `=~` or `in`, which may come after `not`. */
  #readTest(left: Expression): ((row: Row, group: readonly Row[]) => boolean) | undefined {
    if (this.#lexer.take('like') || this.#lexer.take('=~')) return this.#readLike(left);
    if (!this.#lexer.take('in')) return undefined;
    this.#lexer.expect('[');
    const options = this.#readList(']');
    return (row, group) => options.some((option) => areEqual(left(row, group), option(row, group)));
  }

  #readLike(left: Expression): (row: Row, group: readonly Row[]) => boolean {
    const regex = this.#lexer.regex();
    const token = regex ? undefined : this.#lexer.next();
    if (token && token.kind !== 'text') throw this.#lexer.unexpected(token);
    const matches = (text: string) => (regex ? regex.test(text) : text.includes(token?.text ?? ''));
    return (row, group) => {
      const value = left(row, group);
      return value !== undefined && matches(toText(value));
    };
  }

  #readArithmetic(level: number): Expression {
    const operators: readonly string[] | undefined = LEVELS[level];
    if (!operators) return this.#readUnary();
    let left = this.#readArithmetic(level + 1);
    for (;;) {
      const { kind, text } = this.#lexer.peek();
      const apply = kind === 'symbol' && operators.includes(text) ? ARITHMETIC[text] : undefined;
      if (!apply) return left;
      this.#lexer.next();
      left = calculate(apply, left, this.#readArithmetic(level + 1));
    }
  }

  #readUnary(): Expression {
    if (!this.#lexer.take('-')) return this.#readOperand();
    return calculate(
      (a, b) => a - b,
      () => 0,
      this.#nested(() => this.#readUnary()),
    );
  }

  #readOperand(): Expression {
    if (this.#lexer.take('(')) {
      const inner = this.#nested(() => this.read());
      this.#lexer.expect(')');
      return inner;
    }
    const token = this.#lexer.next();
    switch (token.kind) {
      case 'number':
        return constant(Number(token.text));
      case 'period':
        return constant(millisOf(token.text));
      case 'text':
        return constant(token.text);
      case 'field':
        return this.#field(token);
      case 'word':
        return this.#lexer.take('(') ? this.#readCall(token) : this.#readWord(token);
      default:
        throw this.#lexer.unexpected(token);
    }
  }

  #readWord(token: Token): Expression {
    if (token.text === 'true' || token.text === 'false') return constant(token.text === 'true');
    return this.#field(token);
  }

  #field(token: Token): Expression {
    this.#place.onField(token.text);
    return (row) => row.get(token.text);
  }

  #readCall(token: Token): Expression {
    const name = token.text.toLowerCase();
    if (Object.hasOwn(AGGREGATES, name)) return this.#readAggregate(name, token);
    if (name === 'bin') return this.#readBin();
    const { apply, min, max } = (Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined) ?? {};
    const values = this.#readList(')');
    if (!apply || values.length < (min ?? 0) || values.length > (max ?? 0))
      throw this.#lexer.unexpected(token);
    return (row, group) => apply(...values.map((value) => value(row, group)));
  }

  /** The time of the row, rounded down. */
  #readBin(): Expression {
    const period = this.#lexer.next();
    const millis = period.kind === 'period' ? millisOf(period.text) : 0;
    if (millis === 0) throw this.#lexer.unexpected(period);
    this.#lexer.expect(')');
    return (row) => floorTo(row.get('@timestamp'), millis, Math.floor);
  }

  #readAggregate(name: string, token: Token): Expression {
    const aggregate = AGGREGATES[name];
    if (!aggregate || !this.#place.onInput || this.#isInAggregate) throw this.#lexer.unexpected(token);
    const isAll = this.#lexer.take('*');
    if (isAll) this.#lexer.expect(')');
    this.#isInAggregate = true;
    const [given, ...rest] = isAll ? [] : this.#readList(')');
    const value = given && remembering(given);
    if (value) this.#place.onInput(value);
    this.#isInAggregate = false;
    const count = (value ? 1 : 0) + rest.length;
    if (count < aggregate.min || count > aggregate.max) throw this.#lexer.unexpected(token);
    return (row, group) =>
      aggregate.apply(
        value ? entriesOf(value, group) : group.map((each) => ({ row: each, value: 1 })),
        rest.map((constantOf) => constantOf(row, group)),
      );
  }

  /** Reads expressions up to a bracket, which is taken too. */
  #readList(end: ')' | ']'): readonly Expression[] {
    const values: Expression[] = [];
    if (this.#lexer.take(end)) return values;
    do values.push(this.#nested(() => this.read()));
    while (this.#lexer.take(','));
    this.#lexer.expect(end);
    return values;
  }
}

const constant =
  (value: Value): Expression =>
  () =>
    value;

/** An expression that computes its value of a row once. */
function remembering(expression: Expression): Expression {
  const values = new WeakMap<Row, { readonly value: Value }>();
  return (row) => {
    const known = values.get(row);
    if (known) return known.value;
    const value = expression(row, []);
    values.set(row, { value });
    return value;
  };
}

const entriesOf = (expression: Expression, group: readonly Row[]): readonly Entry[] =>
  group.flatMap((row) => {
    const value = expression(row, group);
    return value === undefined ? [] : [{ row, value }];
  });

function calculate(apply: (a: number, b: number) => number, left: Expression, right: Expression): Expression {
  return (row, group) => {
    const [a, b] = [left(row, group), right(row, group)];
    const [first, second] = [toNumber(a), toNumber(b)];
    if (first === undefined || second === undefined) return undefined;
    const result = apply(first, second);
    if (!Number.isFinite(result)) return undefined;
    // A time plus or minus a number is a time; the difference of two times is a number.
    return a instanceof Timestamp && !(b instanceof Timestamp) ? new Timestamp(result) : result;
  };
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

function millisOf(period: string): number {
  const [, count = '', unit = ''] = /^(\d+)([a-z]+)$/.exec(period) ?? [];
  return Number(count) * (UNITS[unit] ?? 0);
}
