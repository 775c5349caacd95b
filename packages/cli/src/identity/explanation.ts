import { formatEntity } from '@putlogs/core/internal';
import { redact } from '@putlogs/core/main-thread';
import { safe, stdout } from '../terminal/output.js';
import { table } from '../terminal/table.js';
import type { FoundIdentity } from './find-identity.js';

/** What `putlogs entity --explain` says: each part and its source, what else was found, and what was asked. */
export function explanation(found: FoundIdentity): string[] {
  return [
    ...section('Entity', parts(found)),
    ...section('Instance, for {instance} in names', [`  ${safe(found.instance)}`]),
    ...section('Also found, but something else takes precedence', table(unused(found))),
    ...section('Metadata services', questions(found)),
    ...section('Problems', found.problems.map(sentence)),
    ...section('Notes', found.notes.map(sentence)),
    ...section('To set it', toSetIt()),
  ].slice(1);
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', stdout.style('bold', title), ...lines];
}

function parts(found: FoundIdentity): string[] {
  const { entity, origins } = found;
  if (entity === undefined) return [sentence(formatEntity(found))];
  const { keyAttributes, attributes } = entity;
  const rows = [...Object.entries(keyAttributes), ...Object.entries(attributes)];
  return table(
    rows.map(([key, value]) => [
      safe(key),
      safe(value),
      key === 'Type' ? '' : `from ${safe(origins[key] ?? '')}`,
    ]),
  );
}

/** The names and environments after the first of each. */
function unused({ sources, entity }: FoundIdentity): string[][] {
  if (entity === undefined) return [];
  const names = sources.flatMap(({ serviceName }) => serviceName ?? []);
  const environments = sources.flatMap(({ environment }) => environment ?? []);
  return [
    ...names.slice(1).map(({ value, from }) => ['Name', safe(value), `from ${safe(from)}`]),
    ...environments.slice(1).map(({ value, from }) => ['Environment', safe(value), `from ${safe(from)}`]),
  ];
}

function questions({ questions }: FoundIdentity): string[] {
  if (questions.length === 0) return ['  None was asked.'];
  return table(questions.map(({ method, url, answer, ms }) => [`${method} ${url}`, answer, `${ms} ms`]));
}

function sentence(text: string): string {
  return `  ${redact(text)}`;
}

function toSetIt(): string[] {
  return table([
    ['--service, PUTLOGS_SERVICE', 'the name'],
    ['--environment, PUTLOGS_ENVIRONMENT', 'the environment'],
    ['--entity-…, PUTLOGS_ENTITY_…', 'all of it'],
  ]);
}
