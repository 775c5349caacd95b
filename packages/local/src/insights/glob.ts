/**
 * Compiles the glob of `parse`: each `*` takes as little as it can, the last one at the end takes the rest.
 * @returns the parts of a text, or undefined if it does not match
 */
export function compileGlob(glob: string): (text: string) => readonly string[] | undefined {
  const [first = '', ...rest] = glob.split('*');
  return (text) => {
    const start = text.indexOf(first);
    if (start < 0) return undefined;
    const parts: string[] = [];
    let position = start + first.length;
    for (const [index, literal] of rest.entries()) {
      const isLast = index === rest.length - 1 && literal === '';
      const end = isLast ? text.length : text.indexOf(literal, position);
      if (end < 0) return undefined;
      parts.push(text.slice(position, end));
      position = end + literal.length;
    }
    return parts;
  };
}
