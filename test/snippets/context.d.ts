// What the sentences around snippets of the documentation speak of. A snippet imports what packages export.
import type { Server } from 'node:http';
import type { CloudWatchStream } from '@putlogs/pino';

declare global {
  var logger: unknown;
  const readSecret: () => Promise<{ accessKeyId: string; secretAccessKey: string }>;
  const server: Server;
  const transport: CloudWatchStream;
}
