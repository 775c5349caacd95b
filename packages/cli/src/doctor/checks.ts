/** What the doctor looks at, in the order in which a record passes it. */
export const CHECKS = [
  'Node',
  'Packages',
  'Configuration',
  'Region',
  'Network',
  'Credentials',
  'Entity',
  'Log group',
  'Permissions',
  'Delivery',
  'Spool',
  'Dead letters',
] as const;

export type Check = (typeof CHECKS)[number];

export type Level = 'ok' | 'warning' | 'error';

export interface CodeRow {
  readonly check: Check;
  readonly level: Level;
  /** What it means, in a sentence. */
  readonly means: string;
  /** What to do. Findings that are ok need none. */
  readonly remedy?: string;
}
