import type { Core } from "./core.ts";
import type { Entries, NamedLog } from "./entries.ts";
import type { Reader } from "./reader.ts";
import type { ReferenceIndex } from "./reference-index.ts";

/** With what the way of an entry is looked into. */
export type DeliveryInit = {
  readonly core: Core;
  readonly entries: Entries;
  readonly reader: Reader;
  readonly references: ReferenceIndex;
};

/** Which entry is on its way. */
export type Place = { readonly log: NamedLog; readonly index: number };

/** To whom. */
export type Addressee = { readonly id: string; readonly name: string };
