import type { Introduction } from './introduce.js';

/** `entity Service checkout in ecs:prod (name from UserConfiguration, environment from ECS task metadata)`, then the notes. */
export function inWords(found: Omit<Introduction, 'problems' | 'instance'>): string {
  return [entityInWords(found), ...found.notes].join('. ');
}

function entityInWords({ entity, unnamed, origins }: Pick<Introduction, 'entity' | 'unnamed' | 'origins'>) {
  if (entity === undefined) {
    return unnamed === undefined
      ? 'no entity: it is turned off'
      : "no entity: nothing names the process's service; set the option service, AWSLOGS_SERVICE or OTEL_SERVICE_NAME";
  }
  const { Type, Name, ResourceType, Identifier, Environment } = entity.keyAttributes;
  const what = [Type, ResourceType, Name ?? Identifier].filter((part) => part !== undefined).join(' ');
  const where = Environment === undefined ? '' : ` in ${Environment}`;
  const from = ['Name', 'Identifier', 'Environment']
    .filter((key) => origins[key] !== undefined)
    .map((key) => `${key.toLowerCase()} from ${origins[key]}`);
  return `entity ${what}${where} (${from.join(', ')})`;
}
