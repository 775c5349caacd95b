/** Of each event, beside its message, as PutLogEvents counts it. */
const OVERHEAD_BYTES = 26;

const encoder = new TextEncoder();

/** Bytes of an event as the service counts them. */
export const sizeOf = (message: string): number => encoder.encode(message).length + OVERHEAD_BYTES;
