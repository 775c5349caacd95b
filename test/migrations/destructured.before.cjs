const {createLogger, format, transports} = require("winston");
const WinstonCloudWatch = require("winston-cloudwatch");

const logger = createLogger({
    level: "debug",
    format: format.simple(),
    transports: [new transports.Console({silent: true})]
});

logger.add(new WinstonCloudWatch({
    format: format.combine(format.timestamp({ format: () => "12:00" }), format((info) => ({ ...info, message: info.message + "!" }))()),
    level: "info", jsonMessage: true, logGroupName: "bookings", // REQUIRED
    logStreamName: "api", awsRegion: "eu-west-2", cloudWatchLogs: undefined
}));

logger.info("order placed", { orderId: 42 });

module.exports = logger;
