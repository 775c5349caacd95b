import Hapi from '@hapi/hapi';
import hapiPino from 'hapi-pino';
import { logger } from './logger.js';

const server = Hapi.server({ port: Number(process.env.PORT ?? 3000) });
await server.register({ plugin: hapiPino, options: { instance: logger } });

server.route({
  method: 'GET',
  path: '/',
  handler: (request) => {
    request.logger.info('order placed');
    return 'thank you';
  },
});

await server.start();
