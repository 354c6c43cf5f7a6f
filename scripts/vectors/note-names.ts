import { testKey } from "./tools.ts";
import type { TestKey } from "./tools.ts";

// Key names with one character that libraries disagree about. The keys are made for their names, so that nothing else is
// wrong with them.

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** White_Space of the Unicode Character Database. */
export const WHITE_SPACE: readonly number[] = [
  ...range(0x09, 0x0d),
  0x20,
  0x85,
  0xa0,
  0x1680,
  ...range(0x2000, 0x200a),
  0x2028,
  0x2029,
  0x202f,
  0x205f,
  0x3000,
];

/** No White_Space, but below U+0020; some libraries count the last four as spaces. */
export const CONTROL: readonly number[] = [0x00, 0x01, 0x08, 0x0e, 0x1b, ...range(0x1c, 0x1f)];

/** Neither: U+FEFF is a space to some libraries, and the others look as if there was nothing, or a space. */
export const ALLOWED: readonly number[] = [0x7f, 0x84, 0x86, 0x180e, 0x200b, 0x200c, 0x200d, 0x2060, 0x2800, 0xfeff];

export const codePoint = (value: number): string => `U+${value.toString(16).toUpperCase().padStart(4, "0")}`;

export function keyNamed(name: string): TestKey {
  return testKey(name, 0x01, new Uint8Array(32).fill(3));
}

/** A key whose name has this character in the middle. */
export function keyWith(value: number): TestKey {
  return keyNamed(`example.com${String.fromCodePoint(value)}foo`);
}
