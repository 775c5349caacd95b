export { type InstanceMetadataOptions, startInstanceMetadata } from './instance-metadata.js';
export type { Metadata, MetadataMode } from './metadata.js';
export { type ServiceAccount, type ServiceAccountOptions, writeServiceAccount } from './service-account.js';
export { startTaskMetadata, type TaskMetadataOptions } from './task-metadata.js';
