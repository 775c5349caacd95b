/**
 * Whether OpenTelemetry's instrumentation of Pino sends the records of this logger. It then puts a multistream in place of the
 * logger's stream, with a stream of its own beside the original one:
 * https://github.com/open-telemetry/opentelemetry-js-contrib/blob/main/packages/instrumentation-pino/src/instrumentation.ts
 */
export function isSentByOtel(logger: unknown): boolean {
  const { streams } = Object(streamOf(Object(logger))) as { readonly streams?: unknown }; // if it is a multistream
  return (
    Array.isArray(streams) &&
    streams.some((entry?: { stream?: object }) => entry?.stream?.constructor?.name === 'OTelPinoStream')
  );
}

/** The symbol of the property is private to each copy of Pino, and a child logger has the root logger as its prototype. */
function streamOf(logger: object): unknown {
  for (let owner: object | null = logger; owner !== null; owner = Object.getPrototypeOf(owner)) {
    const symbol = Object.getOwnPropertySymbols(owner).find(
      ({ description }) => description === 'pino.stream',
    );
    if (symbol !== undefined) return Reflect.get(owner, symbol);
  }
  return undefined;
}
