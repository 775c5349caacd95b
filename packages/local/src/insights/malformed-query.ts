/** A query that the service refuses with a MalformedQueryException. */
export class MalformedQuery extends Error {}
