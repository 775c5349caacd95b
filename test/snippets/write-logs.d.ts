// The file `write-logs.js`, which `putlogs policy --format cdk` writes.
export const writeLogs: readonly unknown[];
