/** Receives a copy of every event of a batch, from the moment the batch is opened. */
export interface BatchMirror {
  /** An event was added. @param source provides the events that were not drained yet, until they are drained */
  append(source: AppendedBytes): void;
  /** The batch takes no more events. @param batch provides all events; the source still provides those that were not drained */
  seal(batch: BatchBytes): void;
}

/** The events of a batch: the JSON of each in UTF-8, followed by a comma and a newline. The caller may keep the bytes. */
export interface BatchBytes {
  takeAll(): Buffer;
}

/** The events of a batch that still grows. */
export interface AppendedBytes extends BatchBytes {
  /** The events that were added since the last call. */
  drainNew(): Buffer;
}
