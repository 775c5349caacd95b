import { Writable } from 'node:stream';

/** The worker of the floor of Pino. */
export default function discard() {
  return new Writable({ decodeStrings: false, write: (_chunk, _encoding, callback) => callback() });
}
