/** What the user should know about a detection, one sentence each. */
export interface Diagnostics {
  /** What the user has to fix. */
  readonly problems: string[];
  /** What explains the result, and may be as it should be. */
  readonly notes: string[];
}
