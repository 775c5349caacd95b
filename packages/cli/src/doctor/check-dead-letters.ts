import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { openTrusted } from '@putlogs/core/internal';
import { errorCode, errorMessage, redact } from '@putlogs/core/main-thread';
import { surveyLetters } from '../replay/dead-letters.js';
import { bytes, count } from '../terminal/amounts.js';
import { command, type Findings } from './findings.js';

/** Reasons are counted in this many bytes. */
const MAX_READ_BYTES = 128 * 1024 * 1024;

/** Looks at the dead-letter file, and leaves it as it is. */
export async function checkDeadLetters(findings: Findings, file: string | undefined): Promise<void> {
  if (file === undefined) {
    findings.add(
      'PL-DEAD-LETTERS',
      'No dead-letter file: events that the service refuses are counted and lost',
    );
    return;
  }
  const path = resolve(file);
  try {
    const size = await sizeOf(path);
    if (size === undefined)
      findings.add('PL-DEAD-LETTERS', `${path} does not exist: no event was refused yet`);
    else if (size === 0) findings.add('PL-DEAD-LETTERS', `${path} is empty: no event was refused yet`);
    else await addLetters(findings, path, size);
  } catch (error) {
    findings.add(
      'PL-DEAD-LETTERS-UNUSABLE',
      `The dead-letter file cannot be written: ${redact(errorMessage(error))}.`,
      {
        fix: command`export PUTLOGS_DEAD_LETTER_FILE=/var/lib/my-app/rejected.ndjson`,
      },
    );
  }
}

/** @returns undefined if there is no file, but may be one @throws if there cannot be one */
async function sizeOf(path: string): Promise<number | undefined> {
  try {
    // As a transport opens it, but for creating it.
    const file = await openTrusted(path, constants.O_WRONLY | constants.O_APPEND, 0o600);
    return await file
      .stat()
      .then(({ size }) => size)
      .finally(() => file.close());
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    await access(await existingFolder(dirname(path)), constants.W_OK);
    return undefined;
  }
}

async function existingFolder(path: string): Promise<string> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  return isThere || dirname(path) === path ? path : existingFolder(dirname(path));
}

async function addLetters(findings: Findings, path: string, size: number): Promise<void> {
  const { reasons } = await surveyLetters(path, MAX_READ_BYTES);
  const details = Object.entries(reasons).map(([reason, events]) => `${reason}: ${count(events)}`);
  findings.add('PL-DEAD-LETTERS-FOUND', `${path} has ${bytes(size)} of events that the service refused.`, {
    details: size > MAX_READ_BYTES ? [`of the first ${bytes(MAX_READ_BYTES)}:`, ...details] : details,
    fix: command`putlogs replay --dry-run ${path}`,
  });
}
