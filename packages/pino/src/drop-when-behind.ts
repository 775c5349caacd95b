import {
  addCounts,
  Behind,
  type Options,
  onOwnStack,
  type Report,
  Reporter,
  resolveConfig,
  systemClock,
} from '@awslogs/core/main-thread';

/** What `pino.transport()` returns, as far as it matters here. */
interface Transport {
  readonly worker?: { on(name: 'error', listener: (error: Error) => void): unknown };
  write(line: string): boolean;
  emit(name: string, ...args: unknown[]): boolean;
  on(name: string, listener: () => void): unknown;
}

/**
 * Bounds what waits on the main thread for a worker thread that is stuck or slow by `maxBufferBytes`: past it new
 * records are dropped, counted and told. Without it, thread-stream holds up to 512 MB, and then makes the logger wait.
 * And an error of the worker itself, which cannot start or is out of memory, is the transport's `'error'`, and no longer an
 * uncaught exception.
 * @param transport what `pino.transport()` returned. From then on its `'report'` counts what was dropped here as well.
 * @param options those of the transport
 * @returns the transport
 * @throws {ConfigError}
 */
export function dropWhenBehind<T extends Transport>(transport: T, options?: Options): T {
  const { maxBufferBytes, reportToStderr } = resolveConfig(options);
  // On the transport itself, since a stream around it would have to stand in for all that Pino and others call on it.
  const write = transport.write.bind(transport);
  const emit = transport.emit.bind(transport);
  let last: Report | undefined;
  const reporter = new Reporter((report) => onOwnStack(() => tell(report)), reportToStderr, systemClock);
  const behind = new Behind(maxBufferBytes, reporter);
  const tell = (report: Report) =>
    emit(
      'report',
      last === undefined ? report : { ...report, counts: addCounts(last.counts, report.counts) },
    );

  transport.worker?.on('error', (error) => emit('error', error));
  transport.on('drain', () => behind.clear());
  transport.on('close', () => reporter.close());
  transport.write = (line) => {
    if (behind.isFull) {
      behind.drop();
      return false;
    }
    const keepsUp = write(line);
    if (!keepsUp) behind.add(line);
    return keepsUp;
  };
  transport.emit = (name, ...args) => {
    if (name !== 'report') return emit(name, ...args);
    const [report] = args as [Report];
    last = report;
    return emit('report', { ...report, counts: addCounts(report.counts, reporter.counts) });
  };
  return transport;
}
