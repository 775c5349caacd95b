#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ConfigError } from './config/config-error.js';
import { resolveConfig } from './config/resolve-config.js';
import { detectIdentity } from './identity/detect-identity.js';
import { formatEntity } from './identity/format-entity.js';
import { DETECTION_TIMEOUT_MS } from './identity/process-identity.js';
import { thisRuntimeEnvironment } from './identity/runtime-environment.js';
import { errorMessage } from './util/error-message.js';
import { escapeUnprintable, redact } from './util/redact.js';

const USAGE = `Usage: putlogs entity

  entity      print the entity that a program started in this directory gets, as JSON, with the
              source of each part. PUTLOGS_ variables apply.

  --help      print this help
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
    else throw new Error(unknownCommand(positionals.join(' ')));
    return 0;
  } catch (error) {
    const message = error instanceof ConfigError ? error.message : redact(errorMessage(error));
    process.stderr.write(`${message}\n\n${USAGE}`);
    return 2;
  }
}

function unknownCommand(command: string): string {
  return command.trim() === '' ? 'No command.' : `Unknown command: "${command}".`;
}

/** @throws {ConfigError} */
async function printEntity(): Promise<void> {
  // No event is sent, so any log group will do.
  const config = resolveConfig({ logGroupName: process.env.PUTLOGS_LOG_GROUP_NAME || 'any' });
  // Not this program's package.json counts, but that of the working directory.
  const runtime = { ...thisRuntimeEnvironment(process.env), mainScript: async () => process.cwd() };
  const detection = new AbortController();
  // The timer also keeps the process alive: pending requests do not.
  const timer = setTimeout(() => detection.abort(), DETECTION_TIMEOUT_MS);
  const found = await detectIdentity(config, runtime, detection.signal);
  clearTimeout(timer);
  const { entity = null, origins, problems, instance } = found;
  const output = {
    entity,
    message: redact(formatEntity(found)),
    origins,
    problems: problems.map(redact),
    instance,
  };
  print(`${JSON.stringify(output, undefined, 2).split('\n').map(escapeUnprintable).join('\n')}\n`);
}

function version(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return String(version);
}

function print(text: string): void {
  process.stdout.write(text);
}

process.exitCode = await main();
