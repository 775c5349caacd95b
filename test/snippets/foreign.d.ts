// Packages that snippets import and that are not installed here.
declare module '@opentelemetry/exporter-logs-otlp-proto';
declare module '@opentelemetry/sdk-node';
declare module 'pino-cloudwatch';
declare module 'winston-aws-cloudwatch';
declare module 'winston-cloudwatch';
