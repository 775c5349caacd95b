/** A value and where it was found. */
export interface Fact {
  readonly value: string;
  /** For people, such as `ECS task metadata`. */
  readonly from: string;
}

/** What is known about the program and its environment, under OpenTelemetry's attribute names or names like them. */
export type Facts = ReadonlyMap<string, Fact>;

/** The facts from one source. Missing and empty values are left out. */
export function factsFrom(from: string, values: Readonly<Record<string, unknown>>): Facts {
  const facts = new Map<string, Fact>();
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string' && value.trim() !== '') facts.set(name, { value: value.trim(), from });
  }
  return facts;
}

/** Merges sources. The first fact of each name is used. */
export function merge(...places: readonly Facts[]): Facts {
  return new Map(places.toReversed().flatMap((facts) => [...facts]));
}
