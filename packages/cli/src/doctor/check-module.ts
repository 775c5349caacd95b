import type { Config } from '@putlogs/core';
import type { ModuleConnection } from '@putlogs/core/internal';
import { moduleConnection } from '../aws/module-connection.js';
import { advice, type Findings } from './findings.js';

/** Loads the user's module as a transport does. @returns how it reaches AWS; undefined if there is none */
export function checkModule(findings: Findings, config: Config): ModuleConnection | undefined {
  return moduleConnection(config, (message) =>
    findings.add('PL-MODULE', message, { fix: advice('Correct the file of the option module.') }),
  );
}
