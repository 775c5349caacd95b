import { migratePinoTransports } from './pino-transports.js';
import { type Note, Rewrite } from './rewrite.js';
import { parse } from './source/parse.js';
import { SourceFile } from './source/source-file.js';
import { migrateWinstonCloudWatch } from './winston-cloudwatch.js';

/** What becomes of a file. */
export interface Migrated {
  readonly text: string;
  /** The packages that it no longer uses. */
  readonly packages: readonly string[];
  /** What could not be carried over, or changes. */
  readonly notes: readonly Note[];
}

const PACKAGES = ['winston-cloudwatch', 'pino-cloudwatch'];

/**
 * Rewrites what a file has to do with winston-cloudwatch, pino-cloudwatch and @serdnam/pino-cloudwatch-transport.
 * @param path tells JavaScript from TypeScript
 * @throws {SyntaxError} if it cannot be parsed
 */
export function migrateText(path: string, text: string): Migrated {
  const untouched: Migrated = { text, packages: [], notes: [] };
  if (!PACKAGES.some((name) => text.includes(name))) return untouched;
  const rewrite = new Rewrite(new SourceFile(path, text));
  const isWinston = migrateWinstonCloudWatch(rewrite);
  const packages = [...(isWinston ? ['winston-cloudwatch'] : []), ...migratePinoTransports(rewrite)];
  const migrated = rewrite.edits.apply();
  if (migrated !== text) parse(path, migrated); // a mistake of ours must not reach the file
  return { text: migrated, packages, notes: rewrite.notes };
}
