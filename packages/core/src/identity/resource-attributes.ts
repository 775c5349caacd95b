/** A value and where it was found. */
export interface ResourceAttribute {
  readonly value: string;
  /** For people, such as `ECS task metadata`. */
  readonly from: string;
}

/** What is known about the program and its environment, under OpenTelemetry's attribute names or names like them. */
export type ResourceAttributes = ReadonlyMap<string, ResourceAttribute>;

/** The facts from one source. Missing and empty values are left out. */
export function attributesFrom(from: string, values: Readonly<Record<string, unknown>>): ResourceAttributes {
  const facts = new Map<string, ResourceAttribute>();
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string' && value.trim() !== '') facts.set(name, { value: value.trim(), from });
  }
  return facts;
}

/** Merges sources. The first fact of each name is used. */
export function merge(...places: readonly ResourceAttributes[]): ResourceAttributes {
  return new Map(places.toReversed().flatMap((facts) => [...facts]));
}
