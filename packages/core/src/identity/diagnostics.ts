/** What the user should know about a detection, one sentence each. */
export interface Diagnostics {
  /** What the user should correct. */
  readonly problems: string[];
  /** What explains the result, but may be intended. */
  readonly notes: string[];
}
