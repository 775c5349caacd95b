import type { Config } from '@putlogs/core';
import { type ModuleConnection, Reporter, systemClock, UserModule } from '@putlogs/core/internal';

/**
 * Loads the user's module as a transport does.
 * @param onProblem is told what is wrong with it
 * @returns how it reaches AWS; undefined if there is none
 */
export function moduleConnection(
  { module }: Config,
  onProblem: (message: string) => void,
): ModuleConnection | undefined {
  if (module === undefined) return undefined;
  const reporter = new Reporter(
    (report) => {
      if (report.kind === 'problem') onProblem(report.message);
    },
    false,
    systemClock,
  );
  return new UserModule(module, reporter).connection;
}
