import { migratePinoTransports } from './pino-transports.js';
import { type Note, Rewrite } from './rewrite.js';
import { parse } from './source/parse.js';
import { SourceFile } from './source/source-file.js';
import { textOfLiteral } from './source/syntax.js';
import { migrateWinstonCloudWatch } from './winston-cloudwatch.js';

/** What becomes of a file. */
export interface Migrated {
  readonly text: string;
  /** The packages that it no longer uses. */
  readonly packages: readonly string[];
  /** What could not be carried over, or changes. */
  readonly notes: readonly Note[];
}

/** The packages that are replaced, and the page of each, below docs/migrate. */
const PAGES = {
  'winston-cloudwatch': 'winston-cloudwatch.md',
  'winston-aws-cloudwatch': 'winston-aws-cloudwatch.md',
  'pino-cloudwatch': 'pino-cloudwatch.md',
  '@serdnam/pino-cloudwatch-transport': 'pino-cloudwatch-transport.md',
};

/**
 * Rewrites what a file has to do with winston-cloudwatch, pino-cloudwatch and @serdnam/pino-cloudwatch-transport.
 * @param path tells JavaScript from TypeScript
 * @throws {SyntaxError} if it cannot be parsed
 */
export function migrateText(path: string, text: string): Migrated {
  const untouched: Migrated = { text, packages: [], notes: [] };
  if (!Object.keys(PAGES).some((name) => text.includes(name))) return untouched;
  const rewrite = new Rewrite(new SourceFile(path, text));
  const isWinston = migrateWinstonCloudWatch(rewrite);
  const packages = [...(isWinston ? ['winston-cloudwatch'] : []), ...migratePinoTransports(rewrite)];
  noteRemains(rewrite);
  const migrated = rewrite.edits.apply();
  if (migrated !== text) parse(path, migrated); // a mistake of ours must not reach the file
  return { text: migrated, packages, notes: rewrite.notes };
}

/** Names of the packages that are still there, such as in mocks, types and exports, unless a note speaks of them. */
function noteRemains(rewrite: Rewrite): void {
  for (const literal of rewrite.file.all('Literal')) {
    const text = textOfLiteral(literal) ?? '';
    const found = Object.entries(PAGES).find(([name]) => text === name || text.startsWith(`${name}/`));
    if (found === undefined || rewrite.edits.covers(literal)) continue;
    const [name, page] = found;
    const line = rewrite.file.lineOf(literal);
    if (!rewrite.notes.some((note) => note.line === line && note.text.includes(name)))
      rewrite.note(literal, `'${text}' stays as it is: change it as docs/migrate/${page} says`);
  }
}
