export { QUOTAS } from './access/quotas.js';
export { CHAOS, seededRandom } from './faults/chaos.js';
export type { Fault, Scope } from './faults/faults.js';
export type { Local, Put, RequestRecord, StartOptions } from './local.js';
export type { RejectedLogEventsInfo } from './operations/batch.js';
export type { RejectedEntityInfo } from './operations/entity.js';
export { start } from './start.js';
export type { Entity } from './store/entity.js';
export type { StoredEvent } from './store/store.js';
