import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Batch, classify } from '@putlogs/core/internal';
import sdk from '../aws/sdk.cjs';
import { allow } from '../policy/statements.js';
import { addFailedCall } from './add-failure.js';
import { addRejectedEntity } from './check-permissions.js';
import { command } from './findings.js';
import type { Trial } from './trial.js';

/** How long and how often the event is looked for. */
const VISIBLE_WITHIN_MS = 10_000;
const PAUSE_MS = 500;

/** Sends an event as a transport would, and creates what is missing. Then it reads the event back. */
export async function checkDelivery(trial: Trial): Promise<void> {
  const { client, destination, findings, names, serviceClock } = trial;
  const id = randomUUID();
  const timestamp = serviceClock.now();
  const message = JSON.stringify({ msg: 'putlogs doctor tried whether events arrive', id });
  const outcome = await destination.send(Batch.of([JSON.stringify({ timestamp, message })]), false);
  addReports(trial);
  if (outcome.kind !== 'delivered') {
    const failed = client.lastFailure ?? { action: 'logs:PutLogEvents' as const, outcome };
    addFailedCall(trial, failed);
    return;
  }
  const rejected = Object.entries(outcome.rejected).find(([, count]) => count > 0);
  if (rejected !== undefined) {
    findings.add('PL-EVENT-REJECTED', `The service rejected the event: ${rejected[0]}.`, {
      fix: command`date -u`,
    });
    return;
  }
  const seen = await readBack(trial, id, timestamp);
  const where = `${names.logGroupName}, log stream ${names.logStreamName}`;
  if (seen === 'not visible')
    findings.add('PL-NOT-VISIBLE', `An event was sent to ${where}, but is not visible yet.`, {
      fix: command`putlogs tail ${names.logGroupName}`,
    });
  else findings.add('PL-DELIVERED', `An event arrived in ${where}`, { details: [seen] });
}

/** What a transport would report about it. */
function addReports(trial: Trial): void {
  const { findings, names, arnParts } = trial;
  for (const report of trial.reports) {
    if (report.kind !== 'problem') continue;
    if (report.code === 'entity')
      addRejectedEntity(trial, /\((.*)\)$/.exec(report.message)?.[1] ?? report.message);
    if (report.code === 'retention')
      findings.add('PL-RETENTION-DENIED', report.message, {
        fix: { kind: 'policy', document: allow(['logs:PutRetentionPolicy'], names.logGroupName, arnParts) },
      });
  }
}

async function readBack({ access, names, serviceClock }: Trial, id: string, sentAt: number): Promise<string> {
  const client = access.logs({ maxAttempts: 2 });
  const { logGroupName, logStreamName } = names;
  const deadline = performance.now() + VISIBLE_WITHIN_MS;
  do {
    const query = { logGroupName, logStreamNames: [logStreamName], startTime: sentAt };
    try {
      const { events = [] } = await client.send(new sdk.FilterLogEventsCommand(query));
      if (events.some(({ message }) => message?.includes(id)))
        return `read back after ${Math.round(serviceClock.now() - sentAt)} ms`;
    } catch (error) {
      return `it may not be read back (${classify(error).failure.name}), which delivery does not need`;
    }
    await sleep(PAUSE_MS);
  } while (performance.now() < deadline);
  return 'not visible';
}
