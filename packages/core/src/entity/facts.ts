/** Something that is known, and from where. */
export interface Fact {
  readonly value: string;
  /** For a person: `ECS task metadata`. */
  readonly from: string;
}

/** What is known about the program and where it runs, by the names that OpenTelemetry has for it, or would have. */
export type Facts = ReadonlyMap<string, Fact>;

/** Facts out of one place. What is not there, or empty, is no fact. */
export function factsFrom(from: string, values: Readonly<Record<string, unknown>>): Facts {
  const facts = new Map<string, Fact>();
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string' && value.trim() !== '') facts.set(name, { value: value.trim(), from });
  }
  return facts;
}

/** Of two facts of one name the first counts. */
export function merge(...places: readonly Facts[]): Facts {
  return new Map(places.toReversed().flatMap((facts) => [...facts]));
}
