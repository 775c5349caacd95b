// An HTTP server that logs each request with Pino to CloudWatch Logs.
import { createServer } from 'node:http';
import pino from 'pino';

const transport = pino.transport({
  target: '@putlogs/pino',
  options: { logGroupName: '/demo/pino', service: 'checkout' },
});
const logger = pino(transport);

let counts;
transport.on('report', (report) => {
  counts = report.counts;
});

const server = createServer((request, response) => {
  if (request.url === '/healthz') {
    // Delivers all logs so far, then returns the counts.
    logger.flush(() => response.end(JSON.stringify(counts)));
    return;
  }
  response.end('thank you\n');
  logger.info({ method: request.method, url: request.url, status: response.statusCode }, 'request served');
});

server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  logger.info(server.address(), 'listening');
});

// The process ends when all connections are closed. Before that, the transport delivers the remaining logs.
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});
