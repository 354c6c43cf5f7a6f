/** Order of lists of numbers of one length: by the first number in which they differ. */
export function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (const [i, x] of a.entries()) {
    const difference = x - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
