import { isField } from './record-fields.js';

/** What may stand in braces; besides, a field of the record: with a prefix, so that it can have any name. */
export const PLACEHOLDERS = [
  'instance',
  'hostname',
  'pid',
  'service',
  'environment',
  'date',
  'uuid',
] as const;

export type Placeholder = (typeof PLACEHOLDERS)[number];

export const OF_RECORD = 'record.';

const IN_BRACES = /\{([^{}]*)\}/g;

/** Whether there are no braces but those of placeholders. Others are a slip, and no part of a name. */
export function isTemplate(text: string): boolean {
  return !/[{}]/.test(text.replace(IN_BRACES, (whole, inside: string) => (isKnown(inside) ? '' : whole)));
}

function isKnown(inside: string): boolean {
  if (inside.startsWith(OF_RECORD)) return isField(inside.slice(OF_RECORD.length));
  return (PLACEHOLDERS as readonly string[]).includes(inside);
}

/** The fields of the record that a template names, each once. */
export function fieldsIn(template: string): string[] {
  const names = Array.from(template.matchAll(IN_BRACES), ([, inside = '']) => inside);
  const fields = names.filter((name) => name.startsWith(OF_RECORD));
  return [...new Set(fields.map((name) => name.slice(OF_RECORD.length)))];
}

/** All in one go: what is filled in is no template. */
export function fillIn(
  template: string,
  known: (placeholder: Placeholder) => string,
  field: (name: string) => string,
): string {
  return template.replace(IN_BRACES, (_, inside: string) =>
    inside.startsWith(OF_RECORD) ? field(inside.slice(OF_RECORD.length)) : known(inside as Placeholder),
  );
}
