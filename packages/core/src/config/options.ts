import { ACCOUNT_OPTIONS } from './account-options.js';
import { DELIVERY_OPTIONS } from './delivery-options.js';
import { DISK_OPTIONS } from './disk-options.js';
import { ENTITY_OPTIONS } from './entity-options.js';
import { LOG_GROUP_OPTIONS } from './log-group-options.js';
import { NETWORK_OPTIONS } from './network-options.js';
import type { Option } from './option-types.js';
import { RECORD_OPTIONS } from './record-options.js';

/** Every option by topic, in the order of the documentation. */
export const OPTION_GROUPS = {
  'Log groups and log streams': LOG_GROUP_OPTIONS,
  Entity: ENTITY_OPTIONS,
  Network: NETWORK_OPTIONS,
  'Accounts and credentials': ACCOUNT_OPTIONS,
  Delivery: DELIVERY_OPTIONS,
  Disk: DISK_OPTIONS,
  'Records and reports': RECORD_OPTIONS,
} as const;

type Table = typeof LOG_GROUP_OPTIONS &
  typeof ENTITY_OPTIONS &
  typeof NETWORK_OPTIONS &
  typeof ACCOUNT_OPTIONS &
  typeof DELIVERY_OPTIONS &
  typeof DISK_OPTIONS &
  typeof RECORD_OPTIONS;

/**
 * Every option: its documentation, default and check. The types, the environment variables and the tables in the
 * documentation are derived from this table. Editors show its doc comments for `Options` and `Config` too.
 */
export const OPTIONS: Table = {
  ...LOG_GROUP_OPTIONS,
  ...ENTITY_OPTIONS,
  ...NETWORK_OPTIONS,
  ...ACCOUNT_OPTIONS,
  ...DELIVERY_OPTIONS,
  ...DISK_OPTIONS,
  ...RECORD_OPTIONS,
};

export type OptionName = keyof Table;
type ValueOf<Name extends OptionName> = Table[Name] extends Option<infer T> ? T : never;

/** The options as a user gives them. Each can be set by an environment variable instead, also `logGroupName`. */
export type Options = { readonly [Name in keyof Table]?: GivenOf<Name> | undefined };

type GivenOf<Name extends OptionName> = Name extends 'endpoint' | 'module' | 'proxy'
  ? ValueOf<Name> | URL
  : ValueOf<Name>;

/** All options, checked and complete. Plain data, which can be sent to a worker thread. */
export type Config = {
  readonly [Name in keyof Table]: undefined extends Table[Name]['default']
    ? ValueOf<Name> | undefined
    : ValueOf<Name>;
} & { readonly logGroupName: string };
