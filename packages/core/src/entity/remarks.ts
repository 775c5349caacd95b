/** What a person is to hear of a search, a sentence each. */
export interface Remarks {
  /** What somebody has to mend. */
  readonly problems: string[];
  /** What explains what was found, and may be as it should. */
  readonly notes: string[];
}
