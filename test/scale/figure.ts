/** One measured figure, in its unit. */
export type Figure = { readonly figure: string; readonly value: number; readonly unit: string };

export type Print = (figure: Figure) => void;

/** What this process holds once garbage is collected, in bytes; needs `--expose-gc`. */
export function heldBytes(): number {
  if (globalThis.gc === undefined) throw new Error("run with --expose-gc");
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** With three significant digits. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
