import { mkdtemp, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { checkFolder, type FoundFolder, inspectSpool } from '@putlogs/core/internal';
import { errorCode, errorMessage, plural, redact } from '@putlogs/core/main-thread';
import { ago, bytes } from '../terminal/amounts.js';
import { command, type Findings, type Fix } from './findings.js';

/** Looks at the spool directory, and leaves it as it is. @param progress is told how many folders were looked at */
export async function checkSpool(
  findings: Findings,
  directory: string | undefined,
  progress: (text: string) => void,
): Promise<void> {
  if (directory === undefined) {
    findings.add('PL-SPOOL', 'No spool: events wait in memory, and end with the process');
    return;
  }
  const root = resolve(directory);
  try {
    if (!(await isThere(root))) {
      await tryToCreate(await nearestFolder(root));
      findings.add('PL-SPOOL', `${root} does not exist yet: a transport creates it`);
      return;
    }
    await checkFolder(root);
    await tryToWrite(root);
    const folders = await inspectSpool(root, (done, all) => progress(`${done} of ${all} folders`));
    await addContents(findings, root, folders);
  } catch (error) {
    const reason = redact(errorMessage(error));
    findings.add('PL-SPOOL-UNUSABLE', `The spool directory cannot be used: ${reason}.`, {
      fix: fixFor(root, error),
    });
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error) => {
      if (errorCode(error) === 'ENOENT') return false;
      throw error;
    },
  );
}

/** The folder in which missing ones would be created. */
async function nearestFolder(path: string): Promise<string> {
  const parent = dirname(path);
  return parent === path || (await isThere(parent)) ? parent : nearestFolder(parent);
}

/** Permissions do not tell: /proc belongs to root, and takes no folder from anybody. */
async function tryToCreate(folder: string): Promise<void> {
  await rmdir(await mkdtemp(join(folder, 'doctor-')));
}

async function tryToWrite(root: string): Promise<void> {
  const file = join(root, `doctor-${process.pid}.tmp`);
  await writeFile(file, '', { flag: 'wx', mode: 0o600 });
  await rm(file);
}

/** A directory of its own. What is there may have to be as it is, such as /tmp. */
function fixFor(root: string, error: unknown): Fix {
  return errorMessage(error).includes('other users can write')
    ? command`export PUTLOGS_SPOOL_DIRECTORY=${join(root, 'my-app-logs')}`
    : command`export PUTLOGS_SPOOL_DIRECTORY=/var/lib/my-app/logs`;
}

async function addContents(findings: Findings, root: string, folders: readonly FoundFolder[]): Promise<void> {
  const withEvents = folders.filter(({ segments }) => segments.length > 0);
  const ended = withEvents.filter(({ owner }) => owner === 'ended');
  const details = (['running', 'elsewhere', 'ended'] as const).flatMap((owner) => {
    const own = withEvents.filter((folder) => folder.owner === owner);
    return own.length === 0 ? [] : [`${OWNERS[owner]}: ${contentsOf(own)}`];
  });
  const corrupt = await stat(join(root, 'corrupt.ndjson')).catch(() => undefined);
  if (ended.length > 0)
    findings.add(
      'PL-SPOOL-LEFTOVERS',
      `Processes that have ended left events in ${root}: ${contentsOf(ended)}.`,
      {
        details,
        fix: command`putlogs replay ${root}`,
      },
    );
  else
    findings.add(
      'PL-SPOOL',
      withEvents.length === 0 ? `${root} can be written, and is empty` : `${root} can be written`,
      { details },
    );
  if (corrupt !== undefined && corrupt.size > 0)
    findings.add(
      'PL-SPOOL-CORRUPT',
      `${join(root, 'corrupt.ndjson')} has ${bytes(corrupt.size)} of damaged lines.`,
      {
        fix: command`less ${join(root, 'corrupt.ndjson')}`,
      },
    );
}

const OWNERS = {
  running: 'of running processes',
  elsewhere: 'of processes on other hosts or in other containers',
  ended: 'of processes that have ended',
};

function contentsOf(folders: readonly FoundFolder[]): string {
  const segments = folders.flatMap((folder) => folder.segments);
  const size = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  const oldest = Math.min(...segments.map(({ writtenAt }) => writtenAt));
  return `${plural(folders.length, 'folder', 'folders')}, ${bytes(size)}, the oldest from ${ago(Date.now() - oldest)}`;
}
