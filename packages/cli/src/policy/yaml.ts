import { hasVariable, pieces } from './variables.js';

/** Text that needs no quotes in YAML, whatever follows it. */
const PLAIN = /^[A-Za-z][\w:/.-]*$/;

/** Words that YAML takes for something else than text. */
const RESERVED = /^(?:true|false|yes|no|on|off|null|y|n)$/i;

type Value = string | readonly Value[] | { readonly [key: string]: Value };

/** YAML of texts, lists and objects. CloudFormation puts the variables in. */
export function toYaml(value: Value, indent = 0): string {
  const spaces = ' '.repeat(indent);
  if (typeof value === 'string') return scalar(value);
  if (isList(value))
    return value.map((item) => `${spaces}- ${toYaml(item, indent + 2).trimStart()}`).join('\n');
  return Object.entries(value)
    .map(([key, item]) =>
      typeof item === 'string'
        ? `${spaces}${key}: ${scalar(item)}`
        : `${spaces}${key}:\n${toYaml(item, indent + 2)}`,
    )
    .join('\n');
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function scalar(text: string): string {
  if (hasVariable(text)) return `!Sub ${quoted(pieces(text, SUB))}`;
  return PLAIN.test(text) && !RESERVED.test(text) && !text.endsWith(':') ? text : quoted(text);
}

const SUB = {
  literal: (piece: string) => piece.replaceAll('${', '${!'),
  variable: (name: string) => `\${${name}}`,
};

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
