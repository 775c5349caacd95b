import type { Config } from '@putlogs/core';
import { type ModuleConnection, Reporter, systemClock, UserModule } from '@putlogs/core/internal';
import { advice, type Findings } from './findings.js';

/** Loads the user's module as a transport does. @returns how it reaches AWS; undefined if there is none */
export function checkModule(findings: Findings, { module }: Config): ModuleConnection | undefined {
  if (module === undefined) return undefined;
  const reporter = new Reporter(
    (report) => {
      if (report.kind === 'problem')
        findings.add('PL-MODULE', report.message, { fix: advice('Correct the file of the option module.') });
    },
    false,
    systemClock,
  );
  return new UserModule(module, reporter).connection;
}
