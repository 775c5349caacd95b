import { type Fields, fieldOf, fieldsOf, shallowJson } from './fields.js';
import { levelNamed, levelOf, numberOf } from './level.js';
import { plainText } from './plain-text.js';
import type { Operator, Query, Term } from './query.js';

/** What a search looks at. */
export interface SearchedEvent {
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly message: string;
  readonly entity: { readonly keyAttributes?: Readonly<Record<string, string>> } | null;
}

type FieldTerm = Extract<Term, { readonly kind: 'field' }>;
type Matches<T> = (given: T) => boolean;

/** Names that begin with `@` are of the event, all others of its message. */
const EVENT_FIELDS: Readonly<Record<string, (event: SearchedEvent) => string | undefined>> = {
  '@group': ({ logGroupName }) => logGroupName,
  '@stream': ({ logStreamName }) => logStreamName,
  '@message': ({ message }) => message,
  '@service': ({ entity }) => entity?.keyAttributes?.Name,
  '@environment': ({ entity }) => entity?.keyAttributes?.Environment,
};

/** Whether an event matches a search. A message is parsed only if no other term rules it out. */
export function matcherOf(query: Query): Matches<SearchedEvent> {
  const cheap = query.filter((term) => !isParsed(term)).map(cheapMatcher);
  const parsed = query.filter(isParsed).map(parsedMatcher);
  if (parsed.length === 0) return (event) => cheap.every((matches) => matches(event));
  return (event) => {
    if (!cheap.every((matches) => matches(event))) return false;
    const record = { message: event.message, fields: fieldsOf(event.message) };
    return parsed.every((matches) => matches(record));
  };
}

const isParsed = (term: Term): term is FieldTerm =>
  term.kind === 'field' && !Object.hasOwn(EVENT_FIELDS, term.name);

function cheapMatcher(term: Term): Matches<SearchedEvent> {
  if (term.kind === 'text') {
    const text = term.text.toLowerCase();
    return ({ message }) => plainText(message).toLowerCase().includes(text) !== term.isNegated;
  }
  const compares = comparison(term.operator, term.value);
  const read = EVENT_FIELDS[term.name];
  return (event) => compares(read?.(event)) !== term.isNegated;
}

interface ParsedRecord {
  readonly message: string;
  readonly fields: Fields | undefined;
}

function parsedMatcher({ name, operator, value, isNegated }: FieldTerm): Matches<ParsedRecord> {
  const level = name === 'level' ? (asNumber(value) ?? numberOf(levelNamed(value))) : undefined;
  if (level !== undefined) {
    const compares = comparison(operator === ':' ? '=' : operator, String(level));
    return ({ message, fields }) => compares(numberOf(levelOf(message, fields))) !== isNegated;
  }
  const compares = comparison(operator, value);
  return ({ fields }) => compares(fields && fieldOf(fields, name)) !== isNegated;
}

/** Whether a field compares as the term says. A field that does not exist matches nothing. */
function comparison(operator: Operator, value: string): Matches<unknown> {
  if (operator === ':' && value === '*') return (given) => given !== undefined;
  const compares = comparisonOfOne(operator, value);
  return (given) => (Array.isArray(given) ? given.some(compares) : compares(given));
}

function comparisonOfOne(operator: Operator, value: string): Matches<unknown> {
  const number = asNumber(value);
  const lower = value.toLowerCase();
  /** Negative, zero or positive as `given` is below, at or above the value; NaN if they cannot be compared. */
  const order = (given: unknown): number => {
    if (given === undefined) return Number.NaN;
    const own = typeof given === 'string' ? asNumber(given) : given;
    if (number !== undefined) return typeof own === 'number' ? own - number : Number.NaN;
    const text = textOf(given);
    if (text === undefined) return Number.NaN;
    return text === value ? 0 : text < value ? -1 : 1;
  };
  switch (operator) {
    case ':':
      return (given) =>
        given !== undefined &&
        (isContainer(given) ? textOf(given)?.toLowerCase().includes(lower) === true : order(given) === 0);
    case '=':
      return (given) => order(given) === 0;
    case '!=':
      return (given) => given !== undefined && order(given) !== 0;
    case '>':
      return (given) => order(given) > 0;
    case '>=':
      return (given) => order(given) >= 0;
    case '<':
      return (given) => order(given) < 0;
    case '<=':
      return (given) => order(given) <= 0;
  }
}

/** Values that can contain another: text and objects, not numbers and booleans. */
const isContainer = (value: unknown): boolean =>
  typeof value === 'string' || (typeof value === 'object' && value !== null);

/** Undefined for what is nested too deeply. */
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : shallowJson(value);

const asNumber = (text: string): number | undefined =>
  /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
