import pino from "pino";

const transport = pino.transport({
    target: "@putlogs/pino",
    options: {
        logGroupName: '/shop/target',
        logStreamName: `shop-${new Date().getFullYear()}`,
        region: process.env.AWS_REGION,
        flushIntervalMs: 1_000, // this is the default
    }
});

export const logger = pino({ level: process.env.LOG_LEVEL || "info" }, transport);

logger.info({ orderId: 42 }, "order placed");
