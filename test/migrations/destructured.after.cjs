const {createLogger, format, transports} = require("winston");
const { CloudWatchTransport, jsonFormat } = require("@putlogs/winston");

const logger = createLogger({
    level: "debug",
    format: format.simple(),
    transports: [new transports.Console({silent: true})]
});

logger.add(new CloudWatchTransport({
    format: format.combine(format.combine(format.timestamp({ format: () => "12:00" }), format((info) => ({ ...info, message: info.message + "!" }))()), jsonFormat()),
    level: "info", logGroupName: "bookings", // REQUIRED
    logStreamName: "api", region: "eu-west-2"
}));

logger.info("order placed", { orderId: 42 });

module.exports = logger;
