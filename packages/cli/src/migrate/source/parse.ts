import { extname } from 'node:path';
import { tsPlugin } from '@sveltejs/acorn-typescript';
import { type Options, Parser } from 'acorn';
import { isSyntax, type Syntax } from './syntax.js';

/** In these, `<T>x` is an assertion of TypeScript; in all others, `<T>` may begin an element of JSX. */
const WITHOUT_JSX = ['.ts', '.mts', '.cts'];

const OPTIONS = {
  ecmaVersion: 'latest',
  // TypeScript's parser needs them.
  locations: true,
  allowHashBang: true,
  allowReturnOutsideFunction: true,
} satisfies Options;

/**
 * Parses a file of JavaScript or TypeScript, with or without JSX.
 * @throws {SyntaxError} with the place in its message
 */
export function parse(path: string, text: string): Syntax {
  const jsx = !WITHOUT_JSX.includes(extname(path));
  const typeScript = Parser.extend(tsPlugin({ jsx }));
  let failure: unknown;
  for (const sourceType of ['module', 'script'] as const) {
    try {
      const root: unknown = typeScript.parse(text, { ...OPTIONS, sourceType });
      if (isSyntax(root)) return root;
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}
