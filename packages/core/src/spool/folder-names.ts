import { basename } from 'node:path';
import { LOCK } from './lock.js';

const FOLDER = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\.lock)?$/;
const SEGMENT = /^\d+\.ndjson$/;
const SETTLED = /^\d+\.ndjson\.settled$/;

/** The folders of a spool directory. A process that died before it made its folder left only the lock. */
export function foldersOf(names: readonly string[]): string[] {
  return [...new Set(names.filter((name) => FOLDER.test(name)).map((name) => basename(name, LOCK)))];
}

/** The segments of a folder, the oldest first. */
export function segmentsOf(names: readonly string[]): string[] {
  return names
    .filter((name) => SEGMENT.test(name))
    .toSorted((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
}

/** Files with settled ids whose segment is gone. */
export function orphansOf(names: readonly string[]): string[] {
  return names.filter((name) => SETTLED.test(name) && !names.includes(basename(name, '.settled')));
}
