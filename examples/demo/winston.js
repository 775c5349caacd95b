// An HTTP server that logs each request with Winston to CloudWatch Logs.
import { createServer } from 'node:http';
import { CloudWatchTransport } from '@putlogs/winston';
import winston from 'winston';

const transport = new CloudWatchTransport({ logGroupName: '/demo/winston', service: 'orders' });
const logger = winston.createLogger({ transports: [transport] });

const server = createServer(async (request, response) => {
  if (request.url === '/healthz') {
    // Delivers all logs so far, then returns the counts.
    await transport.flush();
    response.end(JSON.stringify(transport.counts));
    return;
  }
  response.end('thank you\n');
  logger.info('request served', { method: request.method, url: request.url, status: response.statusCode });
});

server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  logger.info('listening', server.address());
});

// The process ends when all connections are closed. Before that, the transport delivers the remaining logs.
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});
