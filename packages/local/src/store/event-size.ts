/** Of each event, beside its message, as the service counts it. */
const EVENT_OVERHEAD_BYTES = 26;

/**
 * Bytes of an event as the service counts them. A lone surrogate becomes U+FFFD, and Buffer.byteLength counts its three
 * bytes.
 */
export const sizeOf = (message: string): number => Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES;
