import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { logger } from './logger.js';

const app = new Hono();

app.use(async (context, next) => {
  const startedAt = performance.now();
  await next();
  const { method, path } = context.req;
  const responseTime = Math.round(performance.now() - startedAt);
  logger.info({ method, path, status: context.res.status, responseTime }, 'request completed');
});

app.get('/', (context) => {
  logger.info('order placed');
  return context.text('thank you');
});

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) });
