/** A value and its source. */
export interface ResourceAttribute {
  readonly value: string;
  /** The source in words, such as `ECS task metadata`. */
  readonly from: string;
}

/** What is known about the program and where it runs, by OpenTelemetry's attribute names or names in their style. */
export type ResourceAttributes = ReadonlyMap<string, ResourceAttribute>;

/** The attributes from one source. Missing and empty values are left out. */
export function attributesFrom(from: string, values: Readonly<Record<string, unknown>>): ResourceAttributes {
  const attributes = new Map<string, ResourceAttribute>();
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string' && value.trim() !== '') attributes.set(name, { value: value.trim(), from });
  }
  return attributes;
}

/** Merges attributes from several sources. For each name, the first source that has it counts. */
export function merge(...sources: readonly ResourceAttributes[]): ResourceAttributes {
  return new Map(sources.toReversed().flatMap((attributes) => [...attributes]));
}
