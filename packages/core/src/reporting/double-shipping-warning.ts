import { hasOtelLoggerProvider } from './otel-global.js';
import type { Reporter } from './reporter.js';

/** Reports once that OpenTelemetry sends the same records. */
export class DoubleShippingWarning {
  readonly #getsRecords: () => boolean;
  #isReported = false;

  /** @param getsRecords whether the logger passes its records to OpenTelemetry, as far as that can be seen */
  constructor(getsRecords: () => boolean) {
    this.#getsRecords = getsRecords;
  }

  /** The application may register its LoggerProvider at any time, so this is called again and again. */
  check(reporter: Reporter): void {
    if (this.#isReported || !hasOtelLoggerProvider() || !this.#getsRecords()) return;
    this.#isReported = true;
    reporter.problem(
      'otel-logs',
      'OpenTelemetry sends the records of this logger too, so each is shipped and paid for twice. Set disableLogSending: true in its instrumentation of Pino or Winston, or leave this transport out.',
    );
  }
}
