import fs from 'node:fs';
import type { ExecutionContext } from 'ava';

/** Holds all asynchronous writes to files until `resume` is called or the test ends. */
export function holdWrites(t: ExecutionContext): { readonly held: readonly unknown[]; resume(): void } {
  const { write } = fs;
  const held: (() => void)[] = [];
  const holding = (...args: Parameters<typeof write>) => void held.push(() => write(...args));
  fs.write = Object.assign(holding, write) as typeof write;
  const resume = () => {
    fs.write = write;
    for (const call of held.splice(0)) call();
  };
  t.teardown(resume);
  return { held, resume };
}
