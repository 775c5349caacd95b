import { isOrAre, plural } from '../util/plural.js';
import type { Counts } from './counts.js';
import type { ProblemCode } from './report-types.js';

/** A reason for which events are dropped. */
export interface Loss {
  readonly counter: keyof Counts['dropped'];
  /** The code of the report. */
  readonly code: ProblemCode;
  /** What happened to this many events, and what to do. */
  readonly text: (count: number) => string;
}

/** A reason for which a fallback takes the events, if there is one. */
export interface RescuableLoss extends Loss {
  /** The reason as the end of a sentence. */
  readonly why: string;
}

const eventsWere = (count: number) => plural(count, 'event was', 'events were');
const recordsWere = (count: number) => plural(count, 'record was', 'records were');

const OWN_WORKER = 'logged in the worker thread of a transport, by a module that is preloaded there too';

/** Every reason for which events are dropped and reported. Some take what the text needs to know. */
export const LOSSES = {
  bufferFull: (maxBufferBytes: number): RescuableLoss => ({
    counter: 'bufferFull',
    code: 'buffer-full',
    why: `more than maxBufferBytes (${maxBufferBytes}) wait for delivery`,
    text: (count) =>
      `More than maxBufferBytes (${maxBufferBytes}) wait for delivery: ${eventsWere(count)} dropped, the oldest of the log streams that hold the most. Use a spool, or raise it.`,
  }),
  spoolFull: (spoolMaxBytes: number): RescuableLoss => ({
    counter: 'spoolFull',
    code: 'spool-full',
    why: `more than spoolMaxBytes (${spoolMaxBytes}) wait in the spool`,
    text: (count) =>
      `More than spoolMaxBytes (${spoolMaxBytes}) wait in the spool: the oldest ${eventsWere(count)} dropped. Raise it.`,
  }),
  closed: {
    counter: 'closed',
    code: 'not-delivered',
    why: 'closeTimeoutMs was over',
    text: (count) =>
      `${eventsWere(count)} not delivered in the time that closeTimeoutMs allows, and ${isOrAre(count)} lost. If an earlier report says why nothing is delivered, correct that first. If the service is only slow, raise closeTimeoutMs. With a spool, the next process delivers them.`,
  },
  abandoned: {
    counter: 'closed',
    code: 'not-delivered',
    why: 'the process ended',
    text: (count) =>
      `${eventsWere(count)} not delivered before the process ended, and ${isOrAre(count)} lost. If the application called process.exit(), await flush() first.`,
  },
  late: (what: 'event' | 'record'): RescuableLoss => ({
    counter: 'closed',
    code: 'logged-after-close',
    why: 'logged after the transport was closed',
    text: (count) =>
      `${plural(count, `${what} was`, `${what}s were`)} logged after the transport was closed, and ${isOrAre(count)} lost. Close it last.`,
  }),
  atExit: {
    counter: 'closed',
    code: 'logged-after-close',
    why: 'logged as the process exited',
    text: (count) =>
      `${recordsWere(count)} logged as the process exited, too late to be delivered, and ${isOrAre(count)} lost.`,
  },
  rateLimited: (maxBytesPerSecond: number | undefined): Loss => ({
    counter: 'rateLimited',
    code: 'rate-limited',
    text: (count) =>
      `More than maxBytesPerSecond (${maxBytesPerSecond}) was logged: ${eventsWere(count)} dropped, of lower levels first. Log less, or raise it.`,
  }),
  unreadable: (reason: string): Loss => ({
    counter: 'unreadable',
    code: 'unreadable',
    text: (count) =>
      `${plural(count, 'event', 'events')} in the spool cannot be read: a file was removed or is damaged. (${reason})`,
  }),
  /** @param where the lines are now */
  damaged: (where: string): Loss => ({
    counter: 'unreadable',
    code: 'unreadable',
    text: (count) =>
      `${count} lines in the spool are damaged, for example because a process was killed while it wrote. ${where}`,
  }),
  workerBehind: (maxBufferBytes: number): RescuableLoss => ({
    counter: 'bufferFull',
    code: 'buffer-full',
    why: `more than maxBufferBytes (${maxBufferBytes}) wait for the pipeline, which is not loaded yet or does not keep up`,
    text: (count) =>
      `More than maxBufferBytes (${maxBufferBytes}) wait for the pipeline, which is not loaded yet or does not keep up: ${recordsWere(count)} dropped. Log less, or raise it.`,
  }),
  /** @param except which of the events may not be lost, and what else is known */
  workerEnded: (reason: string, except = ''): RescuableLoss => ({
    counter: 'workerEnded',
    code: 'worker',
    why: `the worker thread ended (${reason})`,
    text: (count) => `The worker thread ended (${reason}). ${eventsWere(count)} lost${except}.`,
  }),
  /** There is no worker, or none can start. */
  notLoaded: (reason: string): RescuableLoss => ({
    counter: 'workerEnded',
    code: 'worker',
    why: `the pipeline cannot be loaded in this thread (${reason})`,
    text: (count) => `The pipeline cannot be loaded in this thread (${reason}). ${eventsWere(count)} lost.`,
  }),
  afterWorkerEnded: (reason: string): Loss => ({
    counter: 'workerEnded',
    code: 'worker',
    text: (count) =>
      `The worker thread ended (${reason}). ${recordsWere(count)} logged since then, and ${isOrAre(count)} lost. What it held is lost as well.`,
  }),
  ownWorker: {
    counter: 'workerEnded',
    code: 'worker',
    why: OWN_WORKER,
    text: (count) =>
      `${recordsWere(count)} ${OWN_WORKER}, and ${isOrAre(count)} dropped. Set the logger up where isMainThread of node:worker_threads is true.`,
  },
} satisfies Record<string, RescuableLoss | ((detail: never, except?: string) => Loss | RescuableLoss)>;

/** Why events are missing in a log stream, as the end of a sentence: for its reader, who does not know the options. */
export const MISSING = {
  forRate: 'more was logged than maxBytesPerSecond allows',
  forRoom: 'more events were waiting than maxBufferBytes or spoolMaxBytes allows',
} as const;
