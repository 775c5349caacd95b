#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ConfigError } from './config/config-error.js';
import { resolveConfig } from './config/resolve-config.js';
import { detectIdentity } from './identity/detect-identity.js';
import { formatEntity } from './identity/format-entity.js';
import { SEARCH_MS } from './identity/process-identity.js';
import { thisRuntimeEnvironment } from './identity/runtime-environment.js';
import { errorMessage } from './util/error-message.js';
import { escapeUnprintable, redact } from './util/redact.js';

const USAGE = `Usage: putlogs entity

  entity      print the entity that a program gets that is started here: as JSON, in words, and
              with the place that each part of it comes from. PUTLOGS_ variables count.

  --help      print this
  --version   print the version
`;

/** @returns the exit code */
async function main(): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { help: { type: 'boolean' }, version: { type: 'boolean' } },
    });
    if (values.help) print(USAGE);
    else if (values.version) print(`${version()}\n`);
    else if (positionals.length === 1 && positionals[0] === 'entity') await printEntity();
    else throw new Error(`putlogs has no command "${positionals.join(' ')}".`);
    return 0;
  } catch (error) {
    const message = error instanceof ConfigError ? error.message : redact(errorMessage(error));
    process.stderr.write(`${message}\n\n${USAGE}`);
    return 2;
  }
}

/** @throws {ConfigError} */
async function printEntity(): Promise<void> {
  // Where events go is of no interest here.
  const config = resolveConfig({ logGroupName: process.env.PUTLOGS_LOG_GROUP_NAME || 'any' });
  // The application is where this was started, not this program.
  const place = { ...thisRuntimeEnvironment(process.env), mainScript: async () => process.cwd() };
  const search = new AbortController();
  // Which keeps the process alive as well: what is asked does not.
  const timer = setTimeout(() => search.abort(), SEARCH_MS);
  const found = await detectIdentity(config, place, search.signal);
  clearTimeout(timer);
  const { entity = null, origins, problems, instance } = found;
  const told = {
    entity,
    message: redact(formatEntity(found)),
    origins,
    problems: problems.map(redact),
    instance,
  };
  print(`${JSON.stringify(told, undefined, 2).split('\n').map(escapeUnprintable).join('\n')}\n`);
}

function version(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return String(version);
}

function print(text: string): void {
  process.stdout.write(text);
}

process.exitCode = await main();
