// An HTTP server in a container. The code names the transport; all else is in the environment: see compose.yaml.
import { createServer } from 'node:http';
import { createStream } from '@putlogs/pino';
import pino from 'pino';

const logger = pino(createStream());

const server = createServer((request, response) => {
  response.end('thank you\n');
  logger.info({ method: request.method, url: request.url, status: response.statusCode }, 'request served');
});

server.listen(Number(process.env.PORT ?? 3000), () => logger.info(server.address(), 'listening'));

// The process ends when all connections are closed. Before that, the transport delivers the remaining logs.
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});
