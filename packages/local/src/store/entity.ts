/** The service or resource that wrote the events: `PutLogEvents.entity`. */
export interface Entity {
  readonly keyAttributes?: Readonly<Record<string, string>>;
  readonly attributes?: Readonly<Record<string, string>>;
}
