import Fastify from 'fastify';
import { logger } from './logger.js';

const app = Fastify({ loggerInstance: logger });

app.get('/', async (request) => {
  request.log.info('order placed');
  return 'thank you';
});

await app.listen({ port: Number(process.env.PORT ?? 3000) });
