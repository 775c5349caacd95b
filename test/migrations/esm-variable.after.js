import winston from "winston";
import { CloudWatchTransport } from "@putlogs/winston";

const isProduction = true;

const logger = winston.createLogger({
    level: "debug",
    transports: [new winston.transports.Console({ silent: true })],
});

if (isProduction) {
    const cloudwatchConfig = {
        logGroupName: process.env.CLOUDWATCH_GROUP_NAME || "/shop/api",
        logStreamName: `${process.env.CLOUDWATCH_GROUP_NAME || "shop"}-${process.env.STAGE || "dev"}`,
        credentials: process.env.CLOUDWATCH_ACCESS_KEY && process.env.CLOUDWATCH_SECRET_ACCESS_KEY ? { accessKeyId: process.env.CLOUDWATCH_ACCESS_KEY, secretAccessKey: process.env.CLOUDWATCH_SECRET_ACCESS_KEY } : undefined,
        region: process.env.CLOUDWATCH_REGION || "us-east-1", // where the group is
        format: winston.format.printf(({ level, message, additionalInfo }) =>
            `[${level}] : ${message} \nAdditional Info: ${JSON.stringify(additionalInfo)}`),
    };

    logger.add(new CloudWatchTransport(cloudwatchConfig));
}

logger.info("order placed", { additionalInfo: { orderId: 42 } });

export default logger;
