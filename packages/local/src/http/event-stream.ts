import { crc32 } from 'node:zlib';
import { toJson } from './json.js';

/** https://smithy.io/2.0/aws/amazon-eventstream.html */
export const EVENT_STREAM = 'application/vnd.amazon.eventstream';

const PRELUDE_BYTES = 12;
const CRC_BYTES = 4;
const STRING = 7;

/** A message of an event stream. An `exception` ends the stream at the client. */
export interface StreamMessage {
  readonly kind: 'event' | 'exception';
  /** The name of the event or exception in the model. */
  readonly type: string;
  readonly content: object;
}

export function encodeMessage({ kind, type, content }: StreamMessage): Buffer {
  const headers = Buffer.concat([
    encodeHeader(':message-type', kind),
    encodeHeader(`:${kind}-type`, type),
    encodeHeader(':content-type', 'application/json'),
  ]);
  const payload = Buffer.from(toJson(content));
  const prelude = Buffer.alloc(PRELUDE_BYTES);
  prelude.writeUInt32BE(PRELUDE_BYTES + headers.length + payload.length + CRC_BYTES);
  prelude.writeUInt32BE(headers.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const message = Buffer.concat([prelude, headers, payload]);
  const crc = Buffer.alloc(CRC_BYTES);
  crc.writeUInt32BE(crc32(message));
  return Buffer.concat([message, crc]);
}

function encodeHeader(name: string, value: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(Buffer.byteLength(value));
  return Buffer.concat([
    Buffer.from([name.length]),
    Buffer.from(name),
    Buffer.from([STRING]),
    length,
    Buffer.from(value),
  ]);
}
