import { redact } from '@putlogs/core/main-thread';
import { stderr } from '../terminal/output.js';
import { CommandSource, StartError } from './command-source.js';
import { Pipe, type PipeOptions } from './pipe.js';
import { StdinSource } from './stdin-source.js';

/** Sends what a command prints, or stdin if there is none. @returns the exit code */
export async function runPipe(words: readonly string[], options: PipeOptions): Promise<number> {
  if (words.length === 0) return new Pipe(new StdinSource(), options).run();
  try {
    return await new Pipe(await CommandSource.start(words), options).run();
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    stderr.line(`putlogs: ${redact(error.message)}`);
    return error.exitCode;
  }
}
