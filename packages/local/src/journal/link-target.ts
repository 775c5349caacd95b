import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** The file that a symbolic link leads to, even if it does not exist yet: to replace the link would lose it. */
export function targetOf(file: string): string {
  try {
    return realpathSync(file);
  } catch (error) {
    // Links in a circle are for who opens the file to complain of.
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return isMissing && isLink(file) ? targetOf(resolve(dirname(file), readlinkSync(file))) : file;
  }
}

function isLink(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}
