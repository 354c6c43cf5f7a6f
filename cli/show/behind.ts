/** Said where the search index has not looked through all that is here. */
export function behindLines(behind: number): readonly string[] {
  if (behind === 0) return [];
  return [
    `${behind === 1 ? "1 entry is" : `${behind} entries are`} not indexed yet: repeat this in a while to find all`,
  ];
}
