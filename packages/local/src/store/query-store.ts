import { randomUUID } from 'node:crypto';
import { Turn } from '../clock/turn.js';
import { Refusal } from '../refusal/refusal.js';

/** More queries than this are forgotten, the oldest first. */
const MAX_QUERIES = 100;

/** What a query has found. */
export interface QueryOutcome {
  readonly rows: readonly object[];
  readonly statistics: Readonly<Record<string, number>>;
}

/** How far a query is. `Running` covers what waits for its reader, and what is at work. */
export type Progress =
  | { readonly status: 'Scheduled' | 'Running' | 'Failed' | 'Cancelled'; readonly outcome?: undefined }
  | { readonly status: 'Complete'; readonly outcome: QueryOutcome };

/**
 * A query of CloudWatch Logs Insights. The service needs some seconds for one; here it is `Running` when it is asked for
 * the first time, and `Complete` the second time, so that a client that does not wait is noticed.
 */
export class StoredQuery {
  readonly id = randomUUID();
  readonly #run: (turn: Turn) => Promise<QueryOutcome>;
  readonly #cancelling = new AbortController();
  #progress: Progress = { status: 'Scheduled' };
  #isAtWork = false;

  /** @param run takes as many turns as it needs */
  constructor(run: (turn: Turn) => Promise<QueryOutcome>) {
    this.#run = run;
  }

  /** Lets the query go on. Called for each request for its results. */
  async proceed(): Promise<Progress> {
    if (this.#progress.status === 'Scheduled') this.#progress = { status: 'Running' };
    else if (this.#progress.status === 'Running' && !this.#isAtWork) await this.#work();
    return this.#progress;
  }

  async #work(): Promise<void> {
    this.#isAtWork = true;
    const { signal } = this.#cancelling;
    try {
      const outcome = await this.#run(new Turn(signal));
      if (!signal.aborted) this.#progress = { status: 'Complete', outcome };
    } catch (error) {
      if (signal.aborted) return;
      this.#progress = { status: 'Failed' };
      throw error;
    }
  }

  /** @returns whether it was running */
  cancel(): boolean {
    const { status } = this.#progress;
    if (status !== 'Scheduled' && status !== 'Running') return false;
    this.#progress = { status: 'Cancelled' };
    this.#cancelling.abort();
    return true;
  }
}

export class QueryStore {
  readonly #queries = new Map<string, StoredQuery>();

  add(query: StoredQuery): void {
    this.#queries.set(query.id, query);
    const [oldest] = this.#queries.keys();
    if (this.#queries.size > MAX_QUERIES && oldest !== undefined) this.#queries.delete(oldest);
  }

  get(id: string): StoredQuery {
    const query = this.#queries.get(id);
    if (!query) throw new Refusal('ResourceNotFoundException', 'The specified query does not exist.');
    return query;
  }
}
