import { type FoundFolder, inspectSegment, inspectSpool } from '@putlogs/core/internal';
import { isTooOld } from './changes.js';

/** The events of one log stream that lie in a spool. */
export interface StreamSurvey {
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly events: number;
  /** Of the earliest event and of the latest, in milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

export interface FolderSurvey {
  readonly path: string;
  readonly owner: FoundFolder['owner'];
  readonly pid?: number;
  readonly bytes: number;
  readonly streams: readonly StreamSurvey[];
  /** Events that the service rejects for their age. */
  readonly tooOld: number;
  /** Segments that cannot be read. */
  readonly unreadable: readonly string[];
}

/** Says what lies in a spool and whose it is, and changes nothing. @param progress is told how far it is */
export async function surveySpool(
  root: string,
  progress: (done: number, all: number) => void,
): Promise<FolderSurvey[]> {
  const folders = await inspectSpool(root);
  const surveys: FolderSurvey[] = [];
  for (const [i, folder] of folders.entries()) {
    if (folder.segments.length > 0) surveys.push(await surveyFolder(folder));
    progress(i + 1, folders.length);
  }
  return surveys;
}

async function surveyFolder({ path, owner, pid, segments }: FoundFolder): Promise<FolderSurvey> {
  const streams = new Map<string, StreamSurvey>();
  const unreadable: string[] = [];
  let tooOld = 0;
  for (const segment of segments) {
    // Another process may take it meanwhile.
    const content = await inspectSegment(segment.path).catch(() => undefined);
    if (content === undefined) unreadable.push(segment.path);
    for (const { name, size, firstTimestamp, lastTimestamp } of content?.batches ?? []) {
      add(streams, { ...name, events: size, from: firstTimestamp, to: lastTimestamp });
      // Its first event tells: --now changes a batch as a whole.
      if (isTooOld(firstTimestamp)) tooOld += size;
    }
  }
  const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  return {
    path,
    owner,
    bytes,
    streams: [...streams.values()],
    tooOld,
    unreadable,
    ...(pid !== undefined && { pid }),
  };
}

/** Adds events to those of the same log stream. */
export function add(streams: Map<string, StreamSurvey>, more: StreamSurvey): void {
  const { logGroupName, logStreamName, events, from, to } = more;
  const key = `${logGroupName} ${logStreamName}`;
  const known = streams.get(key);
  streams.set(key, {
    logGroupName,
    logStreamName,
    events: (known?.events ?? 0) + events,
    from: Math.min(known?.from ?? from, from),
    to: Math.max(known?.to ?? to, to),
  });
}
