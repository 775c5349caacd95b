/**
 * How a record travels to the worker: `<timestamp> <message>` and a newline. A message that holds newlines
 * travels as JSON, which starts with a quote where the space would be.
 */
export function encodeLine(timestamp: number, message: string): string {
  const safe = message.includes('\n') ? JSON.stringify(message) : ` ${message}`;
  return `${timestamp}${safe}\n`;
}

/** The line, without its newline, back as what it was made from. */
export function decodeLine(line: string): { readonly timestamp: number; readonly message: string } {
  const length = /^\d+/.exec(line)?.[0].length ?? 0;
  const rest = line.slice(length);
  return {
    timestamp: Number(line.slice(0, length)),
    message: rest.startsWith('"') ? (JSON.parse(rest) as string) : rest.slice(1),
  };
}

/** Stands in place of a record: no more will come, deliver what there is. */
export const CLOSE = 'close';
