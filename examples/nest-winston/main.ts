import { Controller, Get, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CloudWatchTransport, closeOnSignals } from '@putlogs/winston';
import { WinstonModule } from 'nest-winston';

@Controller()
class OrdersController {
  private readonly logger = new Logger(OrdersController.name);

  @Get()
  place() {
    this.logger.log('order placed');
    return 'thank you';
  }
}

@Module({ controllers: [OrdersController] })
class AppModule {}

const transport = new CloudWatchTransport({ logGroupName: '/my/app', service: 'checkout' });
closeOnSignals(transport);

const logger = WinstonModule.createLogger({ transports: [transport] });
const app = await NestFactory.create(AppModule, { logger });
app.enableShutdownHooks();
await app.listen(process.env.PORT ?? 3000);
