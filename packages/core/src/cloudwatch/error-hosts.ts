import type { ClientRequestArgs } from 'node:http';
import type { Duplex } from 'node:stream';

const hosts = new WeakMap<object, string>();

/** Remembers which host a connection was meant for, if it fails: Node's error names at most an address. */
export function noteHost<S extends Duplex | null | undefined>(
  socket: S,
  { host, port }: ClientRequestArgs,
): S {
  socket?.once('error', (error: Error) => hosts.set(error, `${host}:${port}`));
  return socket;
}

/** The host and the port that a failed connection was meant for; undefined if that is not known. */
export function hostOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null ? hosts.get(error) : undefined;
}
