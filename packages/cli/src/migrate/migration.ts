import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { chmod, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { errorMessage } from '@putlogs/core/main-thread';
import { type Output, safe } from '../terminal/output.js';
import { diff } from './diff.js';
import { type Migrated, migrateText } from './migrate-text.js';

/** A file, and what becomes of it. */
export interface MigratedFile extends Migrated {
  readonly path: string;
  readonly before: string;
  /** Why it stays as it is. */
  readonly failure?: string;
}

const REPLACEMENTS: Readonly<Record<string, string>> = {
  'winston-cloudwatch': '@putlogs/winston',
  'pino-cloudwatch': '@putlogs/pino',
  '@serdnam/pino-cloudwatch-transport': '@putlogs/pino',
};

/** Never rejects. @param isWritten whether the file is changed */
export async function migrateFile(path: string, isWritten: boolean): Promise<MigratedFile> {
  let before = '';
  try {
    if ((await stat(path)).isDirectory()) throw new Error('it is a directory: name the files in it');
    before = textOf(await readFile(path));
    const migrated = migrateText(path, before);
    if (isWritten && migrated.text !== before) await replaceFile(path, migrated.text);
    return { path, before, ...migrated };
  } catch (error) {
    return { path, before, text: before, packages: [], notes: [], failure: errorMessage(error) };
  }
}

/** @throws if it is not UTF-8, of which other characters would be lost */
function textOf(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new Error('it is not UTF-8');
  return bytes.toString();
}

/** The file has all of the new text or all of the old, whatever happens. @throws the system's error */
async function replaceFile(path: string, text: string): Promise<void> {
  const target = await realpath(path);
  const { mode } = await stat(target);
  const copy = `${target}.${randomUUID()}.tmp`;
  try {
    await writeFile(copy, text, { flag: 'wx', mode });
    await chmod(copy, mode);
    await rename(copy, target);
  } catch (error) {
    await rm(copy, { force: true });
    throw error;
  }
}

export function toJson(file: MigratedFile) {
  const { path, packages, notes, failure = null } = file;
  return { path, packages, diff: diffOf(file).join('\n'), notes, failure };
}

function diffOf({ path, before, text }: MigratedFile): readonly string[] {
  return before === text ? [] : diff(path, before, text);
}

/** Prints the differences, what has to be known about them, and what to do next. */
export function printMigration(output: Output, files: readonly MigratedFile[], isWritten: boolean): void {
  for (const file of files) printDiff(output, diffOf(file));
  const notes = files.flatMap((file) => file.notes.map(({ line, text }) => `${file.path}:${line}: ${text}`));
  if (notes.length > 0)
    output.line(output.style('bold', 'Review these (line numbers refer to the original files)'));
  for (const note of notes) output.line(`  ${safe(note)}`);
  const packages = [...new Set(files.flatMap((file) => file.packages))];
  for (const { path, failure } of files)
    if (failure !== undefined) output.line(output.style('red', safe(`${path} stays as it is: ${failure}`)));
  if (packages.length === 0) {
    if (files.every(({ failure, notes }) => failure === undefined && notes.length === 0))
      output.line('No file uses winston-cloudwatch, pino-cloudwatch or @serdnam/pino-cloudwatch-transport.');
    return;
  }
  const replacements = [...new Set(packages.flatMap((name) => REPLACEMENTS[name] ?? []))];
  output.line(
    output.style('bold', isWritten ? 'Next:' : 'Nothing was written. To write it, add --write. Next:'),
  );
  output.line(`  npm uninstall ${packages.join(' ')}`);
  output.line(`  npm install ${replacements.join(' ')}`);
}

function printDiff(output: Output, lines: readonly string[]): void {
  for (const line of lines) {
    const text = line.replace(/\r$/, '').split('\t').map(safe).join('\t');
    const isHeading = line.startsWith('--- ') || line.startsWith('+++ ');
    if (isHeading) output.line(output.style('bold', text));
    else if (line.startsWith('@@')) output.line(output.style('cyan', text));
    else if (line.startsWith('-')) output.line(output.style('red', text));
    else output.line(line.startsWith('+') ? output.style('green', text) : text);
  }
  if (lines.length > 0) output.line();
}
