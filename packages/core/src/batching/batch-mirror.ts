/** A second place for the events of a batch, from the moment it is opened. */
export interface BatchMirror {
  /** There is an event more. @param source has it, and all that was not taken yet, and keeps it until it is */
  append(source: AppendedBytes): void;
  /** No more events will come. @param batch has them all from now on, beside what the source still has to give */
  seal(batch: BatchBytes): void;
}

/** A batch's events: the JSON of each, in UTF-8, with a comma and a newline. The bytes may be kept. */
export interface BatchBytes {
  takeAll(): Buffer;
}

/** Those of a batch that still takes some. */
export interface AppendedBytes extends BatchBytes {
  /** Those that were not taken yet. */
  drainNew(): Buffer;
}
