/** How far a reader has got: the next event and the next request. It is the `id` of a server-sent event. */
export interface Cursor {
  readonly sequence: number;
  readonly request: number;
}

const START: Cursor = { sequence: 0, request: 0 };

export const writeCursor = (instance: string, { sequence, request }: Cursor): string =>
  `${instance}-${sequence}-${request}`;

/** Reads a cursor. One of another start of the service stands for the beginning. */
export function readCursor(instance: string, text: string | undefined): Cursor {
  const [, from, sequence, request] = /^(\w+)-(\d{1,15})-(\d{1,15})$/.exec(text ?? '') ?? [];
  return from === instance ? { sequence: Number(sequence), request: Number(request) } : START;
}
