import winston from "winston";
import WinstonCloudWatch from "winston-cloudwatch";

const isProduction = true;

const logger = winston.createLogger({
    level: "debug",
    transports: [new winston.transports.Console({ silent: true })],
});

if (isProduction) {
    const cloudwatchConfig = {
        logGroupName: process.env.CLOUDWATCH_GROUP_NAME || "/shop/api",
        logStreamName: `${process.env.CLOUDWATCH_GROUP_NAME || "shop"}-${process.env.STAGE || "dev"}`,
        awsAccessKeyId: process.env.CLOUDWATCH_ACCESS_KEY,
        awsSecretKey: process.env.CLOUDWATCH_SECRET_ACCESS_KEY,
        awsRegion: process.env.CLOUDWATCH_REGION || "us-east-1", // where the group is
        messageFormatter: ({ level, message, additionalInfo }) =>
            `[${level}] : ${message} \nAdditional Info: ${JSON.stringify(additionalInfo)}`,
        errorHandler: (error) => console.error(error),
    };

    logger.add(new WinstonCloudWatch(cloudwatchConfig));
}

logger.info("order placed", { additionalInfo: { orderId: 42 } });

export default logger;
