import express from 'express';
import { pinoHttp } from 'pino-http';
import { logger } from './logger.js';

const app = express();
app.use(pinoHttp({ logger }));

app.get('/', (request, response) => {
  request.log.info('order placed');
  response.send('thank you');
});

app.listen(process.env.PORT ?? 3000);
