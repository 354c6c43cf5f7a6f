/**
 * All encodings of the eight points of edwards25519 whose order divides 8: eight canonical ones and six others, which
 * lenient decoders take for the same points. In hexadecimal, as they stand in a key or at the beginning of a signature.
 * Source: C2SP CCTV, `ed25519/README.md`; a test derives them from the curve.
 */
export const LOW_ORDER_ENCODINGS: ReadonlySet<string> = new Set([
  // order 1, the identity: y = 1
  "0100000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000080", // x = −0
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // y = p + 1
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", // y = p + 1, x = −0
  // order 2: y = −1
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", // x = −0
  // order 4: y = 0
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0000000000000000000000000000000000000000000000000000000000000080",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // y = p
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", // y = p
  // order 8
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
]);
