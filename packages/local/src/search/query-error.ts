/** A search that cannot be read. The message says what is wrong with it. */
export class QueryError extends Error {}
