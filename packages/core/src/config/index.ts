export type { EntityOption, EntityType } from '../entity/entity.js';
export { ConfigError, type ConfigProblem } from './config-error.js';
export { type Config, OPTIONS, type Options } from './options.js';
export { checkIsObject, type Environment, resolveConfig, variableOf } from './resolve.js';
