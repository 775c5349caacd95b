import { readdirSync, readFileSync } from 'node:fs';

const DECLARATIONS = new URL('../../packages/core/build/config/', import.meta.url);

/** The text of each option: its doc comment in the code. @returns {Map<string, string>} */
export function optionDescriptions() {
  const files = readdirSync(DECLARATIONS).filter((file) => file.endsWith('-options.d.ts'));
  return new Map(files.flatMap((file) => descriptionsIn(readFileSync(new URL(file, DECLARATIONS), 'utf8'))));
}

/** The doc comment of each option, on one line and without its tags. */
function descriptionsIn(declarations) {
  const comments = declarations.matchAll(/\/\*\*((?:(?!\*\/).)*)\*\/\s+readonly (\w+): \S*Option/gs);
  return Array.from(comments, ([, comment, name]) => {
    const [text] = comment.replace(/\s*\n\s*\*\s?/g, ' ').split(' @default');
    return [name, text.trim()];
  });
}
