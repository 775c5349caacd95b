/**
 * Where every copy of `@opentelemetry/api` 1.x in a process keeps what the application registered, for the others to find:
 * https://github.com/open-telemetry/opentelemetry-js/blob/main/api/src/internal/global-utils.ts. So nothing has to be
 * loaded, and nothing is installed for those who do not use it.
 */
const API_GLOBAL = Symbol.for('opentelemetry.js.api.1');

/** The same for `@opentelemetry/api-logs`, which was a package of its own before version 1.10 of the other one. */
const LOGS_GLOBAL = Symbol.for('io.opentelemetry.js.api.logs');

/** The parts of OpenTelemetry's API that are used here. */
export interface Instrument {
  add(value: number, attributes: Readonly<Record<string, string | readonly string[]>>): void;
}

interface InstrumentOptions {
  readonly unit: string;
  readonly description: string;
}

interface Meter {
  createCounter(name: string, options: InstrumentOptions): Instrument;
  createUpDownCounter(name: string, options: InstrumentOptions): Instrument;
}

interface RegisteredApis {
  readonly metrics?: { getMeter(name: string): Meter };
  readonly logs?: object;
}

function registeredApis(): RegisteredApis | undefined {
  return Reflect.get(globalThis, API_GLOBAL) as RegisteredApis | undefined; // the application's
}

/** @returns undefined until the application has registered a MeterProvider */
export function otelMeter(): Meter | undefined {
  return registeredApis()?.metrics?.getMeter('putlogs');
}

/** Whether the application has registered a LoggerProvider, which sends log records. */
export function hasOtelLoggerProvider(): boolean {
  return (registeredApis()?.logs ?? Reflect.get(globalThis, LOGS_GLOBAL)) !== undefined;
}
