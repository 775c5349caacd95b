import { Module } from 'node:module';

/**
 * Node's own `require` for files below this path, also in a bundle and under Jest. Bundlers recognise `createRequire` by its name
 * and put something else in its place. Jest replaces `Module` with a subclass with a `createRequire` of its own.
 */
export function nodeRequire(path: string | URL): NodeJS.Require {
  const nodeModule: Partial<typeof Module> = Object.getPrototypeOf(Module);
  return (nodeModule.createRequire ?? Module.createRequire)(path);
}
