export type { EntityOption, EntityType } from '../identity/entity.js';
export { ConfigError, type ConfigProblem } from './config-error.js';
export { type Config, OPTIONS, type Options } from './options.js';
export { checkIsObject, type EnvironmentVariables, resolveConfig, variableOf } from './resolve-config.js';
