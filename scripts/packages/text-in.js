import { readFileSync } from 'node:fs';

/** @returns undefined if there is no such file */
export function textIn(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
