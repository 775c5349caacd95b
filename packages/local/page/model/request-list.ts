import { signal } from '@preact/signals';
import type { LiveMessages } from '../../src/live/messages.js';
import type { RequestRecord } from '../../src/local.js';

const MAX_REQUESTS = 20_000;

export interface NumberedRequest {
  /** Its place in the order in which the service read requests. */
  readonly number: number;
  readonly record: RequestRecord;
}

/** The newest requests. */
export class RequestList {
  readonly requests = signal<readonly NumberedRequest[]>([]);

  clear(): void {
    this.requests.value = [];
  }

  receive({ first, records }: LiveMessages['requests']): void {
    const received = records.map((record, index) => ({ number: first + index, record }));
    this.requests.value = [...this.requests.peek(), ...received].slice(-MAX_REQUESTS);
  }
}

/** Whether the service refused a request, or a part of it, or a fault applied to it. */
export const hasProblem = ({ record }: NumberedRequest): boolean =>
  record.status !== 200 ||
  record.fault !== undefined ||
  record.rejectedLogEventsInfo !== undefined ||
  record.rejectedEntityInfo !== undefined;
