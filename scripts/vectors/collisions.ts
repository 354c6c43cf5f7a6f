import { key } from "./authority.ts";

// Key ids have 32 bits: among 90 000 keys of one name two have the same. They were found once, by counting; each is the
// key whose seed is the SHA-256 of "entente vectors collision <n>".

const NAME = "nvwa.nl/node";
const found = (n: number, type?: number) => key(NAME, `collision ${n}`, type);

/** Two keys of type 0x01 with one name and one key id. */
export const COLLIDING = [found(51_102), found(87_339)] as const;

/** A key of type 0x01 and one of type 0x04 with one name and one key id. */
export const COLLIDING_TYPES = [found(11_073), found(63_659, 0x04)] as const;
