export type { EntityOption, EntityType } from '../identity/entity.js';
export type { EnvironmentVariables } from '../util/environment-variables.js';
export type { StaticCredentials } from '../util/static-credentials.js';
export { ConfigError, type ConfigProblem } from './config-error.js';
export type { Config, Options } from './options.js';
export { resolveConfig } from './resolve-config.js';
