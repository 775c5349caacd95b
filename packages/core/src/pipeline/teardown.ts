import type { SdkLogsClient } from '../cloudwatch/sdk-logs-client.js';
import type { ProcessIdentity } from '../identity/process-identity.js';
import type { Fallback } from '../reporting/fallback.js';
import type { Reporter } from '../reporting/reporter.js';
import type { Clock } from '../util/clock.js';
import { CLOSE_FILES_MS, closingBudget, MIN_IDENTITY_MS } from '../util/closing-budget.js';
import type { Disk } from './disk.js';
import type { RecoverySearch } from './recovery-search.js';
import type { Shutdown } from './shutdown.js';

export interface TeardownParts {
  readonly shutdown: Shutdown;
  readonly identity: ProcessIdentity;
  readonly client: SdkLogsClient;
  readonly recovery: RecoverySearch | undefined;
  readonly disk: Disk;
  readonly fallback: Fallback | undefined;
  readonly reporter: Reporter;
  readonly clock: Clock;
  readonly closeTimeoutMs: number;
}

/** Drains a pipeline within a time, and closes its parts one after the other. */
export class Teardown {
  readonly #parts: TeardownParts;
  #closing: Promise<void> | undefined;

  constructor(parts: TeardownParts) {
    this.#parts = parts;
  }

  async drain(timeoutMs: number): Promise<void> {
    const { shutdown, disk } = this.#parts;
    await this.#awaitDrain(shutdown.drain(timeoutMs), timeoutMs);
    await disk.spool?.tidy();
  }

  close(timeoutMs: number): Promise<void> {
    this.#closing ??= this.#close(timeoutMs);
    return this.#closing;
  }

  async #close(timeoutMs: number): Promise<void> {
    const { shutdown, identity, client, recovery, disk, fallback, reporter, clock, closeTimeoutMs } =
      this.#parts;
    const startedAt = clock.monotonic();
    recovery?.stop();
    await this.#awaitDrain(shutdown.close(timeoutMs), timeoutMs);
    identity.close();
    client.close();
    const leftMs = timeoutMs - (clock.monotonic() - startedAt);
    const linesMs = leftMs + closingBudget(Math.max(timeoutMs, closeTimeoutMs)).lastLinesMs;
    await Promise.all([disk.close(Math.max(leftMs, CLOSE_FILES_MS)), fallback?.close(Math.max(linesMs, 0))]);
    if (fallback !== undefined) reporter.reportWithheld();
  }

  /** Waits for a drain. Meanwhile the identity and each request get only a part of the time that the drain may take. */
  async #awaitDrain(drained: Promise<void>, timeoutMs: number): Promise<void> {
    const { identity, client, clock } = this.#parts;
    const restoreTimeouts = client.shortenTimeouts(timeoutMs);
    const identityMs = Math.max(timeoutMs / 2, MIN_IDENTITY_MS);
    const cancel = clock.after(identityMs, () => identity.stopWaiting());
    await drained;
    restoreTimeouts();
    cancel();
    identity.stopWaiting();
  }
}
