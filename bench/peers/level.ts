import { Level } from "level";
import type { Peer } from "./peer.ts";

/** What storing alone costs: the records under their numbers, nothing hashed, signed or linked; each write fsynced. */
export const level: Peer = {
  name: "level",
  about: "Level alone, default options; each put and each batch fsynced (sync: true)",
  async openWriter(directory) {
    const database = new Level<Uint8Array, Uint8Array>(directory, { keyEncoding: "view", valueEncoding: "view" });
    await database.open();
    let next = 0;
    const key = (): Uint8Array => {
      const bytes = new Uint8Array(8);
      new DataView(bytes.buffer).setBigUint64(0, BigInt(next++));
      return bytes;
    };
    return {
      append: (record) => database.put(key(), record, { sync: true }),
      appendBatch: (records) =>
        database.batch(
          records.map((value) => ({ type: "put", key: key(), value })),
          { sync: true },
        ),
      close: () => database.close(),
    };
  },
};
