import Koa from 'koa';
import { pinoHttp } from 'pino-http';
import { logger } from './logger.js';

const app = new Koa();
const logRequest = pinoHttp({ logger });

app.use(async ({ req, res }, next) => {
  logRequest(req, res);
  await next();
});

app.use((context) => {
  context.req.log.info('order placed');
  context.body = 'thank you';
});

app.listen(process.env.PORT ?? 3000);
