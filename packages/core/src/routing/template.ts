import { isFieldPath } from './record-fields.js';

/** The placeholders. Fields of the record are placeholders too, with the prefix below, so that they may have any name. */
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

export const RECORD_PREFIX = 'record.';

const IN_BRACES = /\{([^{}]*)\}/g;

/** Whether all braces belong to known placeholders. Other braces are a mistake, and not part of a name. */
export function isTemplate(text: string): boolean {
  return !/[{}]/.test(
    text.replace(IN_BRACES, (whole, inside: string) => (isPlaceholder(inside) ? '' : whole)),
  );
}

function isPlaceholder(inside: string): boolean {
  if (inside.startsWith(RECORD_PREFIX)) return isFieldPath(inside.slice(RECORD_PREFIX.length));
  return (PLACEHOLDERS as readonly string[]).includes(inside);
}

/** The fields of the record that a template contains, each once. */
export function fieldsIn(template: string): string[] {
  const names = Array.from(template.matchAll(IN_BRACES), ([, inside = '']) => inside);
  const fields = names.filter((name) => name.startsWith(RECORD_PREFIX));
  return [...new Set(fields.map((name) => name.slice(RECORD_PREFIX.length)))];
}

/** Replaces all placeholders in one pass, so braces in the values have no meaning. */
export function fillIn(
  template: string,
  known: (placeholder: Placeholder) => string,
  field: (name: string) => string,
): string {
  return template.replace(IN_BRACES, (_, inside: string) =>
    inside.startsWith(RECORD_PREFIX)
      ? field(inside.slice(RECORD_PREFIX.length))
      : known(inside as Placeholder),
  );
}
