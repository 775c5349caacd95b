import {
  addCounts,
  errorMessage,
  isOrAre,
  type Options,
  onOwnStack,
  plural,
  type Report,
  Reporter,
  resolveConfig,
  systemClock,
  WorkerBackpressure,
} from '@putlogs/core/main-thread';

/** What `pino.transport()` returns, as far as it matters here. */
interface Transport {
  /** False when its worker has ended, or is about to. */
  readonly writable?: boolean;
  readonly worker?: { on(name: 'error', listener: (error: Error) => void): unknown };
  write(line: string): boolean;
  emit(name: string, ...args: unknown[]): boolean;
  on(name: string, listener: () => void): unknown;
}

/**
 * Bounds what waits on the main thread for a worker thread that is stuck or slow by `maxBufferBytes`: past it new
 * records are dropped, counted and told. Without it, thread-stream holds up to 512 MB, and then makes the logger wait.
 * And an error of the worker itself, which cannot start or is out of memory, is the transport's `'error'`, and no longer an
 * uncaught exception. It comes once; what is logged afterwards is dropped, counted and told as well.
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
  /** Why the worker ended. */
  let failure: unknown;
  const reporter = new Reporter((report) => onOwnStack(() => tell(report)), reportToStderr, systemClock);
  const backpressure = new WorkerBackpressure(maxBufferBytes, reporter);
  const tell = (report: Report) =>
    emit(
      'report',
      last === undefined ? report : { ...report, counts: addCounts(last.counts, report.counts) },
    );

  transport.worker?.on('error', (error) => transport.emit('error', error));
  transport.on('drain', () => backpressure.clear());
  transport.on('close', () => reporter.close());
  transport.write = (line) => {
    // thread-stream would emit an 'error' for each.
    if (transport.writable === false) {
      dropLate(reporter, failure);
      return false;
    }
    if (backpressure.isFull) {
      backpressure.drop();
      return false;
    }
    const keepsUp = write(line);
    if (!keepsUp) backpressure.add(line);
    return keepsUp;
  };
  transport.emit = (name, ...args) => {
    if (name === 'error') {
      // The worker's own comes first, and says why; thread-stream adds that the worker has ended.
      if (failure !== undefined) return true;
      failure = args[0];
    }
    if (name !== 'report') return emit(name, ...args);
    const [report] = args as [Report];
    last = report;
    return emit('report', { ...report, counts: addCounts(report.counts, reporter.counts) });
  };
  return transport;
}

/** A record that comes when the transport takes none any more. @param failure undefined: it was closed */
function dropLate(reporter: Reporter, failure: unknown): void {
  reporter.accept(1);
  if (failure === undefined) {
    reporter.drop('closed', 1);
    reporter.loss(
      'logged-after-close',
      1,
      (all) =>
        `${plural(all, 'record was', 'records were')} logged after the transport was closed, and ${isOrAre(all)} lost.`,
    );
  } else {
    reporter.drop('workerEnded', 1);
    reporter.loss(
      'worker',
      1,
      (all) =>
        `The worker thread ended (${errorMessage(failure)}). ${plural(all, 'record was', 'records were')} logged since then, and ${isOrAre(all)} lost. What it held is lost as well.`,
    );
  }
}
