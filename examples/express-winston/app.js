import express from 'express';
import { logger } from './logger.js';

const app = express();

app.use((request, response, next) => {
  const { method, originalUrl: url } = request;
  const startedAt = performance.now();
  response.on('finish', () => {
    const responseTime = Math.round(performance.now() - startedAt);
    logger.info('request completed', { method, url, status: response.statusCode, responseTime });
  });
  next();
});

app.get('/', (_request, response) => {
  logger.info('order placed');
  response.send('thank you');
});

app.listen(process.env.PORT ?? 3000);
