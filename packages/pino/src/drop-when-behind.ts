import {
  addCounts,
  type Counts,
  errorMessage,
  LOSSES,
  listenForExit,
  type Options,
  onOwnStack,
  publishReport,
  type Report,
  Reporter,
  resolveConfig,
  systemClock,
  WorkerBackpressure,
} from '@putlogs/core/main-thread';

/** The parts of `pino.transport()`'s result that are used here. */
interface Transport {
  /** False when the worker has ended or is about to end. */
  readonly writable?: boolean;
  readonly worker?: { on(name: 'error', listener: (error: Error) => void): unknown };
  write(line: string): boolean;
  emit(name: string, ...args: unknown[]): boolean;
  on(name: string, listener: () => void): unknown;
}

/**
 * Limits what waits on the main thread for a stuck or slow worker thread to `maxBufferBytes`. Beyond that, new records are
 * dropped, counted and reported. Without it, thread-stream holds up to 512 MB and then blocks the logger.
 *
 * An error of the worker itself, which cannot start or is out of memory, becomes the transport's `'error'` instead of an
 * uncaught exception. It is emitted once. What is logged afterwards is dropped, counted and reported.
 * @param transport what `pino.transport()` returned. Its `'report'` then includes what was dropped here
 * @param options the options of the transport
 * @returns the transport
 * @throws {ConfigError}
 */
export function dropWhenBehind<T extends Transport>(transport: T, options?: Options): T {
  const { logGroupName, maxBufferBytes, reportToStderr } = resolveConfig(options);
  // Changes the transport itself: a stream around it would have to offer everything that Pino and others call on it.
  const write = transport.write.bind(transport);
  const emit = transport.emit.bind(transport);
  let last: Report | undefined;
  /** Why the worker ended. */
  let failure: unknown;
  const reporter = new Reporter(
    (report) => onOwnStack(() => emitReport(report, last?.counts)),
    reportToStderr,
    systemClock,
  );
  // Without a fallback: in the worker, earlier stages of a `pipeline` may redact the line, and the target's level may keep it back.
  const backpressure = new WorkerBackpressure(maxBufferBytes, reporter);
  /** @param others the counts of the other thread */
  const emitReport = (report: Report, others?: Counts) => {
    const whole = others === undefined ? report : { ...report, counts: addCounts(report.counts, others) };
    publishReport(logGroupName, whole);
    return emit('report', whole);
  };

  listenForExit(); // before the application's listeners to 'exit', which may log
  transport.worker?.on('error', (error) => transport.emit('error', error));
  transport.on('drain', () => backpressure.clear());
  transport.on('close', () => reporter.reportWithheld());
  transport.write = (line) => {
    // thread-stream would emit an 'error' for each record.
    if (transport.writable === false) {
      dropLate(reporter, failure);
      return false;
    }
    if (backpressure.isFull) {
      backpressure.drop(line);
      return false;
    }
    const keepsUp = write(line);
    if (!keepsUp) backpressure.add(line);
    return keepsUp;
  };
  transport.emit = (name, ...args) => {
    if (name === 'error') {
      // The worker's own error comes first and says why. thread-stream's second one only says that the worker has ended.
      if (failure !== undefined) return true;
      failure = args[0];
    }
    if (name !== 'report') return emit(name, ...args);
    const [report] = args as [Report];
    last = report;
    return emitReport(report, reporter.counts);
  };
  return transport;
}

/** A record that the transport no longer takes. @param failure undefined: the transport was closed */
function dropLate(reporter: Reporter, failure: unknown): void {
  reporter.accept(1);
  reporter.lose(
    failure === undefined ? LOSSES.late('record') : LOSSES.afterWorkerEnded(errorMessage(failure)),
    1,
  );
}
