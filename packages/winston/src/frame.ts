/**
 * How a record travels to the worker: `<timestamp> <length> <message>`, one right behind the other. The length is in
 * UTF-16 code units, which UTF-8 and back leaves as it was (a lone surrogate becomes one U+FFFD). So the main thread
 * need not look into the message, which is often in many pieces that V8 would have to join for that.
 */
export function encodeFrame(timestamp: number, message: string): string {
  return `${timestamp} ${message.length} ${message}`;
}

/** The time of no record: no more will come, deliver what there is. */
export const CLOSE = Number.POSITIVE_INFINITY;

/**
 * Takes frames apart.
 * @param text begins with a frame
 * @returns the beginning of a frame whose end is not in the text
 */
export function decodeFrames(text: string, take: (timestamp: number, message: string) => void): string {
  let start = 0;
  for (;;) {
    const afterTimestamp = text.indexOf(' ', start);
    const afterLength = text.indexOf(' ', afterTimestamp + 1);
    if (afterTimestamp < 0 || afterLength < 0) return text.slice(start);
    const message = afterLength + 1;
    const end = message + Number(text.slice(afterTimestamp + 1, afterLength));
    if (end > text.length) return text.slice(start);
    take(Number(text.slice(start, afterTimestamp)), text.slice(message, end));
    start = end;
  }
}
