import pino from 'pino';
import { packageUrl } from '../packages.js';
import { fields, TEXT } from '../record.js';
import { collectReports } from '../reports.js';

/** Each record names its tenant, in front of its other fields, as the bindings of a child logger would. */
export async function start({ tenants, ...options }, checkout) {
  const { createStream } = await import(packageUrl('@putlogs/pino', checkout));
  const stream = createStream({ logGroupName: '/bench', ...options });
  const logger = pino(stream);
  return {
    log: (n) => logger.info({ tenant: `tenant-${n % tenants}`, ...fields(n) }, TEXT),
    settle: () => stream.flush(),
    reports: collectReports(stream),
    end: () => stream.close(),
  };
}
