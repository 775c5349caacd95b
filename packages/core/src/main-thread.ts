/**
 * For the main-thread side of this project's own transports. It may change in any release. Nothing here loads the AWS
 * SDK.
 */

export { LoggerChannel } from './channel/logger-channel.js';
export { closingOf } from './channel/logger-closing.js';
export { WorkerBackpressure } from './channel/worker-backpressure.js';
export { type WorkerOption, workerProblems } from './channel/worker-option.js';
export { ENTITY_FIELDS } from './config/entity-options.js';
export * from './config/index.js';
export type { Option } from './config/option-types.js';
export { OPTION_GROUPS, OPTIONS, type OptionName } from './config/options.js';
export { recordShareOfBuffer } from './config/record-share.js';
export { checkIsObject, variableInUse, variableOf } from './config/resolve-config.js';
export { type Closing, closeOnSignals } from './host/close-on-signals.js';
export { listenForExit } from './host/deliver-at-exit.js';
export {
  defineModule,
  type FoundCredentials,
  type LogRecord,
  type TransportModule,
} from './module/transport-module.js';
export { addCounts, type Counts } from './reporting/counts.js';
export { LOSSES } from './reporting/losses.js';
export { type Counted, metrics } from './reporting/prometheus.js';
export { type PublishedReport, publishReport } from './reporting/report-channel.js';
export type { ProblemCode, Report } from './reporting/report-types.js';
export { Reporter } from './reporting/reporter.js';
export { PINO_LEVELS } from './routing/record-fields.js';
export { levelNumber, levelOf } from './routing/record-level.js';
export { TopLevelValues } from './routing/top-level-values.js';
export { onOwnStack } from './util/at-exit.js';
export { systemClock, withTimeout } from './util/clock.js';
export { errorCode, errorMessage } from './util/error-message.js';
export { isOrAre, plural } from './util/plural.js';
export { escapeUnprintable, redact } from './util/redact.js';
export { toTimestamp } from './util/timestamp.js';
