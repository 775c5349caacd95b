import leven from 'leven';

/** Suggests the most similar known name, as the end of a sentence. */
export function suggestion(name: string, known: readonly string[]): string {
  const [nearest] = known
    .map((candidate) => ({ candidate, distance: distanceOf(name, candidate) }))
    .filter(({ distance }) => distance <= name.length / 2)
    .sort((a, b) => a.distance - b.distance);
  return nearest === undefined ? '' : ` (did you mean ${nearest.candidate}?)`;
}

/** How many letters have to be changed, added or removed to turn one name into the other. */
export function distanceOf(a: string, b: string): number {
  return leven(a.toLowerCase(), b.toLowerCase());
}
