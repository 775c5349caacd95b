/** The names that the user's functions choose for a record. Undefined: the one that the options give. */
export interface ChosenNames {
  readonly logGroupName: string | undefined;
  readonly logStreamName: string | undefined;
}

/** A record as it is sent, and where to. */
interface TransformedRecord {
  readonly text: string | Buffer;
  readonly names: ChosenNames;
}

/** What the user's functions make of a record. `filtered` records are not sent. Never throws. */
export type Transform = (text: string | Buffer) => TransformedRecord | 'filtered';
