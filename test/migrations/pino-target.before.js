import pino from "pino";

const transport = pino.transport({
    target: "@serdnam/pino-cloudwatch-transport",
    options: {
        logGroupName: '/shop/target',
        logStreamName: `shop-${new Date().getFullYear()}`,
        awsRegion: process.env.AWS_REGION,
        awsAccessKeyId: process.env.AWS_ACCESS_KEY_ID || '',
        awsSecretAccessKey: process.env.AWS_SECRET_ACCESS_KEY || '',
        interval: 1_000, // this is the default
        batchSize: 1000,
    }
});

export const logger = pino({ level: process.env.LOG_LEVEL || "info" }, transport);

logger.info({ orderId: 42 }, "order placed");
