export type { RejectedLogEventsInfo } from './batch.js';
export { CHAOS, seededRandom } from './chaos.js';
export type { Entity, RejectedEntityInfo } from './entity.js';
export type { Fault, Scope } from './faults.js';
export type { Local, Put, RequestRecord, StartOptions } from './local.js';
export { start } from './server.js';
export type { StoredEvent } from './store.js';
