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

/** Faults that answer 200 without the service having seen the request. */
const NOT_SEEN: ReadonlySet<string | undefined> = new Set(['html200', 'noRequestId']);

/** Whether the service took a PutLogEvents, perhaps without some of its events. */
export const isAccepted = ({ operation, status, fault }: RequestRecord): boolean =>
  operation === 'PutLogEvents' &&
  (status === 200 ? !NOT_SEEN.has(fault) : fault === 'lostAnswer' && status === 0);

/** A request in the address of the page. Its time is in it, since numbers begin again with the service. */
export const requestAddress = ({ number, record }: NumberedRequest): string => `${record.at}-${number}`;
