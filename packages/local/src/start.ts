import type { Journal } from './journal/journal.js';
import type { Local, StartOptions } from './local.js';
import { Service } from './service/service.js';

/**
 * Starts a local CloudWatch Logs, which keeps its data in memory. Close it with `close()`.
 * @returns rejects with the system's error if the port is not available
 * @example
 * const local = await start();
 * const client = new CloudWatchLogsClient({ endpoint: local.endpoint, region: 'us-east-1' });
 * local.fault({ kind: 'throttle', times: 3 });
 * // … run the application, then look at what arrived:
 * console.log(local.events('/my/app'));
 * await local.close();
 */
export async function start(options: StartOptions = {}): Promise<Local> {
  return startService(options);
}

/** What only the command line uses. */
interface Extras {
  readonly journal?: Journal | undefined;
  /** Whether a client of the Model Context Protocol may read. */
  readonly isForAssistants?: boolean;
}

/** As `start`, with what only the command line uses. */
export async function startService(options: StartOptions, extras: Extras = {}): Promise<Service> {
  const service = new Service(options, extras.journal);
  if (extras.isForAssistants) await service.serveMcp();
  await service.listen(options.port ?? 0, options.host ?? '127.0.0.1');
  return service;
}
