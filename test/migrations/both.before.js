#!/usr/bin/env node
// A file that is not JSX but has <angles>, and both packages.
import pino from 'pino';
import winston from 'winston';
import WinstonCloudWatch from 'winston-cloudwatch';
import { fromNodeProviderChain } from './providers.js';

const getStream = () => 'stream-' + process.pid;

const cloudWatch = new WinstonCloudWatch(
  Object.assign(
    {},
    {
      logGroupName: '/shop/both',
      logStreamName: getStream,
      messageFormatter: (info) => info.message,
      jsonMessage: process.argv.includes('--json'),
      awsOptions: { region: 'eu-west-1', credentials: fromNodeProviderChain({ profile: 'x' }), endpoint: process.env.AWS_ENDPOINT_URL },
    },
  ),
);

winston.createLogger({ transports: [cloudWatch], format: winston.format.simple() }).info('by winston');

const target = '@serdnam/pino-cloudwatch-transport';
const options = { logGroupName: '/shop/both', logStreamName: 'pino', awsRegion: 'eu-west-1' };
pino({}, pino.transport({ target, options })).info('by pino');
