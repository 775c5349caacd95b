import type { DetectedIdentity } from './detect-identity.js';

/**
 * Describes the entity and its sources in one line, followed by the notes:
 * `entity Service checkout in ecs:prod (name from UserConfiguration, environment from ECS task metadata)`.
 */
export function formatEntity({
  notes,
  ...resolved
}: Pick<DetectedIdentity, 'entity' | 'template' | 'origins' | 'notes'>): string {
  return [describe(resolved), ...notes].join('. ');
}

function describe({ entity, template, origins }: Pick<DetectedIdentity, 'entity' | 'template' | 'origins'>) {
  if (entity === undefined) {
    return template === undefined
      ? 'no entity: it is turned off'
      : 'no entity: no name was found for the service; set the option service, PUTLOGS_SERVICE or OTEL_SERVICE_NAME';
  }
  const { Type, Name, ResourceType, Identifier, Environment } = entity.keyAttributes;
  const what = [Type, ResourceType, Name ?? Identifier].filter((part) => part !== undefined).join(' ');
  const where = Environment === undefined ? '' : ` in ${Environment}`;
  const from = ['Name', 'Identifier', 'Environment']
    .filter((key) => origins[key] !== undefined)
    .map((key) => `${key.toLowerCase()} from ${origins[key]}`);
  return `entity ${what}${where} (${from.join(', ')})`;
}
