/** What a policy says to a request. `none`: no statement applies to it, so that it is denied too. */
export type Decision = 'allowed' | 'denied' | 'none';

interface Statement {
  readonly isAllow: boolean;
  readonly hasAction: (action: string) => boolean;
  readonly hasResource: (arn: string) => boolean;
}

/**
 * An identity-based policy of IAM: Effect, Action or NotAction, Resource or NotResource, with `*` and `?`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export class Policy {
  readonly #statements: readonly Statement[];

  /** @throws {TypeError} if the document is invalid, or has what is not supported here */
  constructor(document: unknown) {
    const { Statement: given, ...rest } = readObject(document, 'the document');
    const unknown = Object.keys(rest).find((name) => name !== 'Version' && name !== 'Id');
    if (unknown !== undefined) throw new TypeError(`policy: a document has no '${unknown}'`);
    const statements = Array.isArray(given) ? given : [given];
    this.#statements = statements.map(readStatement);
  }

  /** A Deny outweighs every Allow. */
  decide(action: string, arn: string): Decision {
    const applying = this.#statements.filter((each) => each.hasAction(action) && each.hasResource(arn));
    if (applying.some(({ isAllow }) => !isAllow)) return 'denied';
    return applying.length > 0 ? 'allowed' : 'none';
  }
}

const MEMBERS = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource'];

function readStatement(given: unknown): Statement {
  const statement = readObject(given, 'a statement');
  const unknown = Object.keys(statement).find((name) => !MEMBERS.includes(name));
  // To ignore a condition would allow or deny too much.
  if (unknown !== undefined) throw new TypeError(`policy: '${unknown}' of a statement is not supported`);
  const { Effect } = statement;
  if (Effect !== 'Allow' && Effect !== 'Deny') throw new TypeError("policy: Effect is 'Allow' or 'Deny'");
  return {
    isAllow: Effect === 'Allow',
    hasAction: readPatterns(statement, 'Action', 'i'),
    hasResource: readPatterns(statement, 'Resource', ''),
  };
}

/** Reads `Action` or `NotAction`, or the same of resources. Exactly one is there. */
function readPatterns(statement: Shape, name: string, flags: string): (text: string) => boolean {
  const [given, excluded] = [statement[name], statement[`Not${name}`]];
  if ((given === undefined) === (excluded === undefined)) {
    throw new TypeError(`policy: a statement has either ${name} or Not${name}`);
  }
  const patterns = [given ?? excluded].flat().map((pattern) => compile(pattern, name, flags));
  const isOne = (text: string): boolean => patterns.some((pattern) => pattern.test(text));
  return given === undefined ? (text) => !isOne(text) : isOne;
}

function compile(pattern: unknown, name: string, flags: string): RegExp {
  if (typeof pattern !== 'string' || pattern === '') throw new TypeError(`policy: ${name} has no text`);
  if (pattern.includes('${')) throw new TypeError(`policy: variables such as '${pattern}' are not supported`);
  const source = pattern
    .replace(/\*+/g, '*')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, `s${flags}`);
}

type Shape = Readonly<Record<string, unknown>>;

function readObject(value: unknown, what: string): Shape {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`policy: ${what} is not an object`);
  }
  return { ...value };
}
