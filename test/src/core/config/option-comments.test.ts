import { readdirSync, readFileSync } from 'node:fs';
import { OPTIONS } from '@putlogs/core/internal';
import test from 'ava';

const folder = new URL('../../../../packages/core/build/config/', import.meta.url);

const declarations = readdirSync(folder)
  .filter((file) => file.endsWith('-options.d.ts'))
  .map((file) => readFileSync(new URL(file, folder), 'utf8'))
  .join('\n');

/** The doc comment of an option, on one line. */
function commentOf(option: string): string {
  const comment = new RegExp(`/\\*\\*((?:(?!\\*/).)*)\\*/\\s+readonly ${option}: \\S*Option`, 's').exec(
    declarations,
  );
  return (comment?.[1] ?? '').replace(/\s*\n\s*\*?\s?/g, ' ').trim();
}

for (const [name, option] of Object.entries(OPTIONS)) {
  test(`the comment of ${name} documents its default`, (t) => {
    const [text, documented] = commentOf(name).split(' @default ');
    t.regex(text ?? '', /\w.*\./);
    t.is(documented, option.default === undefined ? undefined : String(option.default));
  });

  const [, min, max] = /from (\d+) to (\d+)/.exec(commentOf(name))?.map(Number) ?? [];
  if (min !== undefined && max !== undefined) {
    test(`the comment of ${name} documents its range`, (t) => {
      const accepted = [min - 1, min, max, max + 1].map((value) => option.accepts(value));
      t.deepEqual(accepted, [false, true, true, false]);
    });
  }
}
