/** @returns for example `1 event was` or `2 events were` */
export function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

export function isOrAre(count: number): 'is' | 'are' {
  return count === 1 ? 'is' : 'are';
}
