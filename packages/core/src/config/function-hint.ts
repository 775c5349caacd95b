import { MODULE_EXPORTS } from '../module/transport-module.js';

const EXPORTS = Object.keys(MODULE_EXPORTS).join(', ');

/** What to do with a function that was given for an option, as the end of a sentence. Empty if there is none in the value. */
export function functionHint(value: unknown): string {
  if (!hasFunction(value, new Set())) return '';
  return `; functions cannot cross to a worker thread, but the file that the option module names may export ${EXPORTS}`;
}

/** Whether there is a function anywhere in a value. */
function hasFunction(value: unknown, seen: Set<object>): boolean {
  if (typeof value === 'function') return true;
  if (typeof value !== 'object' || value === null || seen.has(value)) return false;
  seen.add(value);
  // Not by `Object.values`: a getter may do anything.
  return Object.values(Object.getOwnPropertyDescriptors(value)).some((field) =>
    hasFunction(field.value, seen),
  );
}
