import { isObject, type Json } from '../util/json.js';
import { nodeRequire } from '../util/node-require.js';
import { copyRequestHandler } from './copy-request-handler.js';
import type { ModuleProblems } from './module-problems.js';
import { MODULE_EXPORTS, type ModuleExport, type TransportModule } from './transport-module.js';

/** Added by Node and by compilers. */
const NOT_OWN = ['default', '__esModule', 'module.exports'];

/**
 * Loads a module, CommonJS or an ES module, with Node's `require`: so everything is known before the first record. What it exports
 * wrongly is reported and left out. Never throws.
 */
export function loadModule(path: string, problems: ModuleProblems): TransportModule {
  try {
    return checked(nodeRequire(import.meta.url)(path), problems);
  } catch (error) {
    problems.notLoaded(error);
    return {};
  }
}

function checked(loaded: unknown, problems: ModuleProblems): TransportModule {
  const named = isObject(loaded) ? loaded : { default: loaded };
  const main = isObject(named.default) ? named.default : {};
  // The properties of an instance of a class, other than its methods, are its state.
  const names = [named, main]
    .filter(isPlain)
    .flatMap(Object.keys)
    .filter((name) => !NOT_OWN.includes(name));
  const unknown = names.filter((name) => !isKnown(name));
  if (named.default !== undefined && !isObject(named.default))
    unknown.push('a default that is not an object');
  const known = Object.keys(MODULE_EXPORTS)
    .filter(isKnown)
    .filter((name) => name in main || name in named);
  if (unknown.length > 0) problems.unknownExports([...new Set(unknown)]);
  else if (known.length === 0) problems.nothingExported();
  const exported = known.map((name) => [name, exportOf(name, main, named, problems)]);
  return Object.fromEntries(exported);
}

function isPlain(object: object): boolean {
  return [null, Object.prototype].includes(Object.getPrototypeOf(object));
}

function isKnown(name: string): name is ModuleExport {
  return Object.hasOwn(MODULE_EXPORTS, name);
}

function exportOf(name: ModuleExport, main: Json, named: Json, problems: ModuleProblems): unknown {
  try {
    const owner = name in main ? main : named;
    const value = owner[name];
    if (value === undefined) return undefined;
    // A function keeps the object that it is a method of.
    if (typeof value === 'function' && MODULE_EXPORTS[name] === 'a function') return value.bind(owner);
    if (isObject(value) && MODULE_EXPORTS[name] === 'an object') return copyRequestHandler(value);
    problems.wrongExport(name, typeOf(value));
  } catch (error) {
    problems.unusableExport(name, error);
  }
  return undefined;
}

/** The type of a value, as a sentence names it. */
export function typeOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
