import type { Readable } from 'node:stream';

/** How what is read has ended, and how this program ends in turn. */
export type End =
  /** With success, unless events are lost. */
  | { readonly kind: 'input' }
  /** As the command has ended. */
  | { readonly kind: 'code'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: NodeJS.Signals };

/** A stream of log text, and where a copy of it goes. */
export interface LogStream {
  readonly input: Readable;
  readonly copyTo: NodeJS.WriteStream;
}

/** What is read: stdin, or the output of a command. */
export interface Source {
  readonly streams: readonly LogStream[];
  /** Resolves when nothing more can come. */
  readonly ended: Promise<End>;
  /** The signals that the source wants, apart from those that end this program. */
  readonly signals: readonly NodeJS.Signals[];
  /** A signal has come. @returns why it could not be passed on */
  signalled(signal: NodeJS.Signals): string | undefined;
}
