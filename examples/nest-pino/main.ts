import { Controller, Get, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { LoggerModule, Logger as PinoLogger } from 'nestjs-pino';
import { logger } from './logger.js';

@Controller()
class OrdersController {
  private readonly logger = new Logger(OrdersController.name);

  @Get()
  place() {
    this.logger.log('order placed');
    return 'thank you';
  }
}

@Module({ imports: [LoggerModule.forRoot({ pinoHttp: { logger } })], controllers: [OrdersController] })
class AppModule {}

const app = await NestFactory.create(AppModule, { bufferLogs: true });
app.useLogger(app.get(PinoLogger));
app.enableShutdownHooks();
await app.listen(process.env.PORT ?? 3000);
