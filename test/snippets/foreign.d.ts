// Packages that snippets import and that are not installed here.
declare module '@/logger.js';
declare module '@hapi/hapi';
declare module '@hono/node-server';
declare module '@opentelemetry/exporter-logs-otlp-proto';
declare module '@opentelemetry/sdk-node';
declare module 'aws-cdk-lib';
declare module 'aws-cdk-lib/aws-ecr';
declare module 'aws-cdk-lib/aws-ecs';
declare module 'aws-cdk-lib/aws-iam';
declare module 'aws-cdk-lib/aws-logs';
declare module 'express';
declare module 'fastify';
declare module 'hapi-pino';
declare module 'hono';
declare module 'koa';
declare module 'nest-winston';
declare module 'next' {
  export type NextConfig = object;
}
declare module 'nestjs-pino';
declare module 'pino-cloudwatch';
declare module 'pino-http';
declare module 'winston-aws-cloudwatch';
declare module 'winston-cloudwatch';
