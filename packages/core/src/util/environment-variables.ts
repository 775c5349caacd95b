/** Environment variables, such as `process.env`. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;
