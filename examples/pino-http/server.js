// An HTTP server that logs each request through Pino into CloudWatch Logs.
import { createServer } from 'node:http';
import pino from 'pino';

const transport = pino.transport({
  target: '@putlogs/pino',
  options: { logGroupName: '/demo/pino-http', service: 'checkout' },
});
const logger = pino(transport);

let counts;
transport.on('report', (report) => {
  counts = report.counts;
});

const server = createServer((request, response) => {
  if (request.url === '/healthz') {
    // What became of the logs so far, for whoever watches this server.
    logger.flush(() => response.end(JSON.stringify(counts)));
    return;
  }
  response.end('thank you\n');
  logger.info({ method: request.method, url: request.url, status: response.statusCode }, 'request served');
});

server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  logger.info(server.address(), 'listening');
});

// The process ends when the last connection is closed, and the transport delivers what is left before that.
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});
