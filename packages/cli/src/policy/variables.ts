/** No argument and no variable of the environment has it, so that a name never looks like a variable. */
const MARK = '\0';

/** A variable in a text, until a format writes it. */
export function variable(name: string): string {
  return MARK + name + MARK;
}

/** How a language writes the pieces of a text. */
interface Language {
  literal(piece: string): string;
  variable(name: string): string;
}

/** A text with its variables, in a language. */
export function pieces(text: string, language: Language): string {
  return text
    .split(MARK)
    .map((piece, i) => (i % 2 === 0 ? language.literal(piece) : language.variable(piece)))
    .join('');
}

/** Whether the texts of a value have a variable. @param start how its name begins */
export function hasVariable(value: unknown, start = ''): boolean {
  if (typeof value === 'string') return value.includes(MARK + start);
  return Object.values(value ?? {}).some((item) => hasVariable(item, start));
}
