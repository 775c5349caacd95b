import type { Scanner } from './scanner.js';

export type Condition<T> = (subject: T) => boolean;

/**
 * Reads conditions that are joined by `&&`, `||` and parentheses; `&&` binds more tightly.
 * @param readOne reads a single condition
 */
export function readCondition<T>(scanner: Scanner, readOne: () => Condition<T>): Condition<T> {
  const some = [readAll(scanner, readOne)];
  while (scanner.take('||')) some.push(readAll(scanner, readOne));
  return (subject) => some.some((holds) => holds(subject));
}

function readAll<T>(scanner: Scanner, readOne: () => Condition<T>): Condition<T> {
  const all = [readUnit(scanner, readOne)];
  while (scanner.take('&&')) all.push(readUnit(scanner, readOne));
  return (subject) => all.every((holds) => holds(subject));
}

function readUnit<T>(scanner: Scanner, readOne: () => Condition<T>): Condition<T> {
  if (!scanner.take('(')) return readOne();
  const inner = readCondition(scanner, readOne);
  scanner.expect(')');
  return inner;
}
