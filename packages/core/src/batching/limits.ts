/**
 * The limits that a request must keep.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
 */

/** "This size is calculated as the sum of all event messages in UTF-8, plus 26 bytes for each log event." */
export const EVENT_OVERHEAD_BYTES = 26;

/** "The maximum batch size is 1,048,576 bytes." */
export const MAX_BATCH_BYTES = 1_048_576;

/** "The maximum number of log events in a batch is 10,000." */
export const MAX_BATCH_EVENTS = 10_000;

/** The longest message that fits into a batch of its own. The service sets no lower limit for an event. */
export const MAX_MESSAGE_BYTES = MAX_BATCH_BYTES - EVENT_OVERHEAD_BYTES;

/** "The time span in a single batch cannot exceed 24 hours." */
export const DAY_MS = 86_400_000;
