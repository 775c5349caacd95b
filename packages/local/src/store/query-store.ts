import { randomUUID } from 'node:crypto';
import { Refusal } from '../http/refusal.js';

/** More queries than this are forgotten, the oldest first. */
const MAX_QUERIES = 100;

/** What a query has found. */
export interface QueryOutcome {
  readonly rows: readonly object[];
  readonly statistics: Readonly<Record<string, number>>;
}

/**
 * A query of CloudWatch Logs Insights. The service needs some seconds for one; here it is `Running` when it is asked for
 * the first time, and `Complete` the second time, so that a client that does not wait is noticed.
 */
export class StoredQuery {
  readonly id = randomUUID();
  readonly #run: () => QueryOutcome;
  #status: 'Scheduled' | 'Running' | 'Complete' | 'Cancelled' = 'Scheduled';
  #outcome: QueryOutcome | undefined;

  constructor(run: () => QueryOutcome) {
    this.#run = run;
  }

  get status(): string {
    return this.#status;
  }

  /** Undefined until the query is complete. */
  get outcome(): QueryOutcome | undefined {
    return this.#outcome;
  }

  /** Lets the query go on. Called for each request for its results. */
  proceed(): void {
    if (this.#status === 'Running') {
      this.#outcome = this.#run();
      this.#status = 'Complete';
    }
    if (this.#status === 'Scheduled') this.#status = 'Running';
  }

  /** @returns whether it was running */
  cancel(): boolean {
    if (this.#status === 'Complete' || this.#status === 'Cancelled') return false;
    this.#status = 'Cancelled';
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
