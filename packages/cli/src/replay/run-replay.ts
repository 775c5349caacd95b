import { stat } from 'node:fs/promises';
import { checkFolder } from '@putlogs/core/internal';
import { count } from '../terminal/amounts.js';
import { safe, stderr, stdout } from '../terminal/output.js';
import { Progress } from '../terminal/progress.js';
import type { Changes } from './changes.js';
import { checkLetters, surveyLetters } from './dead-letters.js';
import { FileReplay } from './file-replay.js';
import { printLetters, printResult, printSpool } from './report.js';
import { type ReplayOptions, SpoolReplay } from './spool-replay.js';
import { surveySpool } from './survey.js';

interface Where {
  readonly path: string;
  readonly isDirectory: boolean;
  readonly json: boolean;
}

/** Lists what would be sent. @returns the exit code */
export async function list({ path, isDirectory, json }: Where, { now }: Changes): Promise<number> {
  const progress = new Progress();
  progress.begin('Looking');
  try {
    const spool = isDirectory ? path : await leftBy(path);
    if (isDirectory) await checkFolder(path);
    if (spool !== undefined) {
      const folders = await surveySpool(spool, (done, all) =>
        progress.detail(`${count(done)} of ${count(all)} folders`),
      );
      progress.end();
      if (json) stdout.json({ folders });
      else printSpool(spool, folders, now);
    } else {
      await checkLetters(path);
      const { retimable, ...survey } = await surveyLetters(path);
      progress.end();
      if (json) stdout.json({ ...survey, retimed: now ? retimable : 0 });
      else printLetters(path, { ...survey, retimable }, now);
    }
    return 0;
  } finally {
    progress.end();
  }
}

/** What an earlier call has taken out of a dead-letter file, if the file is gone. */
async function leftBy(file: string): Promise<string | undefined> {
  const isThere = await stat(file).then(
    () => true,
    () => false,
  );
  return isThere ? undefined : `${file}.replay`;
}

/** Sends it. @returns the exit code: 1 if something is rejected or left */
export async function send(
  { path, isDirectory, json }: Where,
  options: Pick<ReplayOptions, 'config' | 'env' | 'changes'>,
): Promise<number> {
  if (isDirectory) await checkFolder(path);
  const progress = new Progress();
  const onProblem = (text: string) => {
    progress.clear();
    stderr.line(`putlogs: ${safe(text)}`);
  };
  const all = { ...options, onProblem, progress };
  const replay = isDirectory ? new SpoolReplay(path, all) : new FileReplay(path, all);
  const stop = () => replay.stop();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const result = await replay.run().finally(() => progress.end());
  process.off('SIGINT', stop).off('SIGTERM', stop);
  if (json) stdout.json(result);
  else printResult(result);
  return result.lost > 0 || result.left.some(({ owner }) => owner !== 'running') ? 1 : 0;
}
