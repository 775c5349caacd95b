import { suggestion } from '../util/suggestion.js';
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

/** The placeholders of log groups. The others would create log groups without end: one for each day, or for each process. */
export const GROUP_PLACEHOLDERS = ['instance', 'hostname', 'service', 'environment'] as const;

export const RECORD_PREFIX = 'record.';

const IN_BRACES = /\{([^{}]*)\}/g;

/** Whether all braces belong to known placeholders. Other braces are a mistake, and not part of a name. */
export function isTemplate(text: string): boolean {
  return !/[{}]/.test(exampleOf(text, PLACEHOLDERS));
}

/** A name without braces, unless a placeholder is not one of these. */
export function exampleOf(template: string, placeholders: readonly Placeholder[]): string {
  return template.replace(IN_BRACES, (whole, inside: string) =>
    isPlaceholder(inside, placeholders) ? 'x' : whole,
  );
}

function isPlaceholder(inside: string, placeholders: readonly string[]): boolean {
  if (inside.startsWith(RECORD_PREFIX)) return isFieldPath(inside.slice(RECORD_PREFIX.length));
  return placeholders.includes(inside);
}

/** Says what an unknown placeholder may mean, as the end of "a template, which …"; undefined if there is none. */
export function templateFlaw(template: string, placeholders: readonly Placeholder[]): string | undefined {
  const names = Array.from(template.matchAll(IN_BRACES), ([, inside = '']) => inside);
  const unknown = names.find((name) => !isPlaceholder(name, placeholders) && isFieldPath(name));
  if (unknown === undefined) return undefined;
  const isForbidden = PLACEHOLDERS.some((known) => known === unknown);
  const nearest = suggestion(unknown, placeholders) || ` (did you mean {${RECORD_PREFIX}${unknown}}?)`;
  return `contains {${unknown}}${isForbidden ? '' : nearest}`;
}

/** The fields of the record that a template contains, each once. */
export function fieldsIn(template: string): string[] {
  const names = Array.from(template.matchAll(IN_BRACES), ([, inside = '']) => inside);
  const fields = names.filter((name) => name.startsWith(RECORD_PREFIX));
  return [...new Set(fields.map((name) => name.slice(RECORD_PREFIX.length)))];
}

export type PlaceholderValues = { readonly [P in Placeholder]?: string | undefined };

/** The values of record fields, by name. */
export type FieldValues = ReadonlyMap<string, string | undefined>;

const UNKNOWN = 'unknown';

/** Replaces all placeholders in one pass, so braces in the values have no meaning. Unknown values become `unknown`. */
export function fillIn(template: string, values: PlaceholderValues, fields?: FieldValues): string {
  return template.replace(IN_BRACES, (_, inside: string) => {
    const value = inside.startsWith(RECORD_PREFIX)
      ? fields?.get(inside.slice(RECORD_PREFIX.length))
      : values[inside as Placeholder];
    return value ?? UNKNOWN;
  });
}
