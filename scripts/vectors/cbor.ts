import { sha256 } from "./tools.ts";

/** An encoded item of CBOR. Items are put together as they are said, sorted or not, so that what is refused can be made too. */
export type Item = Uint8Array;

export const uint = (value: number | bigint): Item => head(0, BigInt(value));
export const negative = (value: number): Item => head(1, BigInt(-1 - value));
export const bytes = (content: Uint8Array): Item => Buffer.concat([head(2, BigInt(content.length)), content]);
export const text = (content: string): Item => {
  const utf8 = Buffer.from(content);
  return Buffer.concat([head(3, BigInt(utf8.length)), utf8]);
};
export const array = (...items: readonly Item[]): Item => Buffer.concat([head(4, BigInt(items.length)), ...items]);
export const map = (pairs: Readonly<Record<string, Item>>): Item => {
  const entries = Object.entries(pairs);
  return Buffer.concat([head(5, BigInt(entries.length)), ...entries.flatMap(([key, item]) => [text(key), item])]);
};
export const FALSE: Item = Uint8Array.of(0xf4);
export const TRUE: Item = Uint8Array.of(0xf5);
export const NULL: Item = Uint8Array.of(0xf6);

/** `length` bytes that look random and are the same on every run. */
export function seeded(label: string, length: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) => sha256(`entente vectors ${label} ${i}`));
  return new Uint8Array(Buffer.concat(blocks).subarray(0, length));
}

function head(major: number, argument: bigint): Uint8Array {
  if (argument < 24n) return Uint8Array.of((major << 5) | Number(argument));
  const width = [1, 2, 4, 8].find((bytes) => argument < 1n << BigInt(8 * bytes)) ?? 8;
  const digits = argument.toString(16).padStart(2 * width, "0");
  return Buffer.concat([Uint8Array.of((major << 5) | (24 + Math.log2(width))), Buffer.from(digits, "hex")]);
}
