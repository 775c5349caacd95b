// Writes the descriptions of the flags of the command `putlogs` into its source. The text of a flag is the doc comment of its
// option. With --check it only says whether the file is up to date.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { optionDescriptions } from './pages/option-descriptions.js';
import { put } from './pages/part.js';

const FILE = 'packages/cli/src/flags/descriptions.ts';
const SCRIPT = 'scripts/flag-descriptions.js';

const texts = Array.from(optionDescriptions(), ([name, text]) => [
  name,
  text.replace(/ ?\*\*Required\.\*\*|`/g, ''),
]);
const code = `// Written by ${SCRIPT} from the comments of the options.
import type { OptionName } from '@putlogs/core/main-thread';

export const DESCRIPTIONS: Readonly<Record<OptionName, string>> = ${JSON.stringify(Object.fromEntries(texts))};
`;
put(FILE, SCRIPT, formatted(code));

/** As the linter wants it. */
function formatted(text) {
  return execFileSync('node_modules/.bin/biome', ['format', `--stdin-file-path=${FILE}`], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    input: text,
    encoding: 'utf8',
  });
}
