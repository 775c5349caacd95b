export type { EntityOption, EntityType } from '../identity/entity.js';
export { ConfigError, type ConfigProblem } from './config-error.js';
export type { Config, Options, StaticCredentials } from './options.js';
export { type EnvironmentVariables, resolveConfig } from './resolve-config.js';
