import { plural } from '@putlogs/core/main-thread';
import { inWords } from '../delivery/tally.js';
import { bytes, count } from '../terminal/amounts.js';
import { safe, stdout } from '../terminal/output.js';
import { shellQuote } from '../terminal/shell-quote.js';
import { table } from '../terminal/table.js';
import type { LetterSurvey } from './dead-letters.js';
import type { ReplayResult } from './spool-replay.js';
import type { FolderSurvey, StreamSurvey } from './survey.js';

const OWNERS = {
  ended: 'its process has ended',
  running: 'its process is running',
  elsewhere: 'of another host or container',
} as const;

const MAX_STREAMS = 20;

export function printSpool(root: string, folders: readonly FolderSurvey[], now: boolean): void {
  if (folders.length === 0) stdout.line(`${safe(root)} has no events.`);
  for (const { path, owner, pid, bytes: size, streams, unreadable } of folders) {
    const process = pid === undefined ? '' : `, pid ${pid}`;
    stdout.line(`${stdout.style('bold', safe(path))}  ${bytes(size)}, ${OWNERS[owner]}${process}`);
    printStreams(streams);
    for (const segment of unreadable) stdout.line(`  ${safe(segment)} cannot be read`);
  }
  const sent = folders.filter(({ owner }) => owner !== 'running');
  const tooOld = sent.reduce((all, folder) => all + folder.tooOld, 0);
  printTooOld({ tooOld, retimable: tooOld }, now);
  const events = sum(sent.flatMap(({ streams }) => streams));
  stdout.line();
  stdout.line(`${eventsInWords(events)} would be sent. Nothing was changed.`);
}

export function printLetters(file: string, survey: LetterSurvey, now: boolean): void {
  const { streams, reasons, unreadable } = survey;
  stdout.line(stdout.style('bold', safe(file)));
  printStreams(streams);
  for (const [reason, events] of Object.entries(reasons)) stdout.line(`  ${safe(reason)}: ${count(events)}`);
  if (unreadable > 0)
    stdout.line(`  ${plural(unreadable, 'line is not a dead letter', 'lines are not dead letters')}`);
  printTooOld(survey, now);
  const events = sum(streams);
  stdout.line();
  stdout.line(`${eventsInWords(events)} would be sent. Nothing was changed.`);
}

function printTooOld({ tooOld, retimable }: Pick<LetterSurvey, 'tooOld' | 'retimable'>, now: boolean): void {
  if (now && retimable > 0)
    stdout.line(`  ${plural(retimable, 'event', 'events')} would get the current time`);
  if (!now && tooOld > 0)
    stdout.line(
      `  ${plural(tooOld, 'event is', 'events are')} older than 14 days, too old for the service; --now sends ${tooOld === 1 ? 'it' : 'them'} with the current time`,
    );
}

function printStreams(streams: readonly StreamSurvey[]): void {
  const rows = streams
    .slice(0, MAX_STREAMS)
    .map(({ logGroupName, logStreamName, events, from, to }) => [
      safe(logGroupName),
      safe(logStreamName),
      eventsInWords(events),
      from === to ? time(from) : `${time(from)} to ${time(to)}`,
    ]);
  for (const line of table(rows)) stdout.line(line);
  if (streams.length > MAX_STREAMS) stdout.line(`  and ${streams.length - MAX_STREAMS} more log streams`);
}

function time(timestamp: number): string {
  const date = new Date(timestamp);
  // A segment may say anything.
  return Number.isNaN(date.getTime()) ? String(timestamp) : date.toISOString().slice(0, 19).replace('T', ' ');
}

function sum(streams: readonly StreamSurvey[]): number {
  return streams.reduce((all, { events }) => all + events, 0);
}

/** What was sent, and what is left and why. */
export function printResult(result: ReplayResult & { readonly unreadable?: number }): void {
  const { destinations, retimed, rejected, dropped, deadLetterFile, left, unreadable = 0 } = result;
  const rows = destinations
    .slice(0, MAX_STREAMS)
    .map(({ logGroupName, logStreamName, events }) => [
      safe(logGroupName),
      safe(logStreamName),
      eventsInWords(events),
    ]);
  for (const line of table(rows)) stdout.line(line);
  if (retimed > 0)
    stdout.line(`  ${plural(retimed, 'event was', 'events were')} too old, and got the current time`);
  if (unreadable > 0)
    stdout.line(
      `  ${plural(unreadable, 'line was not a dead letter', 'lines were not dead letters')}, and stay in ${safe(deadLetterFile)}.replay`,
    );
  const running = left.filter(({ owner }) => owner === 'running').length;
  const others = left.length - running;
  if (running > 0)
    stdout.line(
      `  ${plural(running, 'folder belongs to a running process', 'folders belong to running processes')}: left alone`,
    );
  if (others > 0)
    stdout.line(
      `  ${plural(others, 'folder is left, since its', 'folders are left, since their')} events were not delivered`,
    );
  const reasons = Object.entries(rejected).filter(([, events]) => events > 0);
  const why = reasons.map(([reason, events]) => `${reason}: ${count(events)}`).join(', ');
  if (reasons.length > 0) stdout.line(`  rejected (${why}): kept in ${safe(deadLetterFile)}`);
  if (rejected.tooOld + rejected.expired > 0)
    stdout.line(
      `  putlogs replay --now ${safe(shellQuote(deadLetterFile))} sends those that are too old with the current time`,
    );
  if (dropped.unreadable > 0)
    stdout.line(`  ${eventsInWords(dropped.unreadable)} could not be read, and stay on disk`);
  stdout.line(`${inWords({ ...result, spooled: 0 })}.`);
}

function eventsInWords(events: number): string {
  return `${count(events)} ${events === 1 ? 'event' : 'events'}`;
}
