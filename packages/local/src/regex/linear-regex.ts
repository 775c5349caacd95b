import { RE2JS } from 're2js';

/** Counts such as `{500}` are written out in a program, each instruction of which takes time for each character. */
const MAX_COUNTED = 1_000;

/**
 * A regular expression whose time grows with the length of the text alone, since patterns come in requests, and in links to
 * the page. There are no backreferences and no lookarounds.
 */
export class LinearRegex {
  readonly #regex: RE2JS;

  /** @throws {Error} saying what is wrong */
  constructor(source: string, ignoresCase = false) {
    this.#regex = RE2JS.compile(source, ignoresCase ? RE2JS.CASE_INSENSITIVE : 0);
    if (this.#regex.programSize() > source.length + MAX_COUNTED) throw new Error('its counts are too large');
  }

  get groupNames(): readonly string[] {
    return Object.keys(this.#regex.namedGroups());
  }

  /** Whether a part of the text matches. */
  test(text: string): boolean {
    return this.#regex.test(text);
  }

  /** The named groups of the first part that matches, without those that took no part. */
  groups(text: string): readonly (readonly [name: string, text: string])[] | undefined {
    // The test is the faster.
    if (!this.test(text)) return undefined;
    const matcher = this.#regex.matcher(text);
    if (!matcher.find()) return undefined;
    return Object.entries(matcher.getNamedGroups()).flatMap(([name, found]) =>
      found === null ? [] : [[name, found] as const],
    );
  }
}
