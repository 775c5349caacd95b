import { stripVTControlCharacters } from 'node:util';
import {
  exampleOf,
  type FieldValues,
  fillIn,
  GROUP_PLACEHOLDERS,
  type PlaceholderValues,
} from './template.js';

const MAX_LENGTH = 512;

/** Whether the service accepts the name. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html */
function isGroupName(name: string): boolean {
  return /^[.\-_/#A-Za-z0-9]{1,512}$/.test(name) && !/^aws\//i.test(name);
}

export function isGroupTemplate(text: string): boolean {
  return text.length <= MAX_LENGTH && isGroupName(exampleOf(text, GROUP_PLACEHOLDERS));
}

/** The name of a log group by its template. Unknown values become `unknown`. */
export function groupName(template: string, values: PlaceholderValues, fields?: FieldValues): string {
  return sanitizeGroupName(fillIn(template, values, fields));
}

/** Replaces what the service does not accept in the name of a log group. */
export function sanitizeGroupName(name: string): string {
  if (isGroupName(name)) return name;
  return stripVTControlCharacters(name)
    .replace(/[^.\-_/#A-Za-z0-9]/gu, '_')
    .replace(/^(aws)\//i, '$1_')
    .slice(0, MAX_LENGTH);
}
