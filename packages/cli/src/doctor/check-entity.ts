import type { Config, EnvironmentVariables } from '@putlogs/core';
import { formatEntity } from '@putlogs/core/internal';
import { redact } from '@putlogs/core/main-thread';
import { type FoundIdentity, findIdentity } from '../identity/find-identity.js';
import { advice, command, type Findings } from './findings.js';

/** Looks at the entity of a program started in this directory. */
export async function checkEntity(
  findings: Findings,
  config: Config,
  env: EnvironmentVariables,
): Promise<FoundIdentity> {
  const found = await findIdentity(config, env);
  const message = redact(formatEntity({ ...found, notes: [] }));
  const details = [
    `instance ${redact(found.instance)}`,
    ...found.questions.map(({ method, url, answer, ms }) => `${method} ${url}: ${answer}, ${ms} ms`),
    ...found.notes.map(redact),
  ];
  const [problem] = found.problems.map(redact);
  const isNameless =
    found.entity === undefined && config.entity !== false && config.serviceField === undefined;
  if (isNameless)
    findings.add('PL-ENTITY-NAMELESS', 'Nothing names the service, so events have no entity.', {
      details,
      fix: command`export PUTLOGS_SERVICE=my-app`,
    });
  else if (problem !== undefined)
    findings.add('PL-ENTITY-INCOMPLETE', problem, {
      details: [message, ...details],
      fix: advice('Do as it says, or set service and environment.'),
    });
  else findings.add('PL-ENTITY', message, { details });
  return found;
}
