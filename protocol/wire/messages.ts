import { batch } from "./batch.ts";
import { charters } from "./charters.ts";
import { checkpoint } from "./checkpoint.ts";
import { chunk } from "./chunk.ts";
import { compare } from "./compare.ts";
import { consistency } from "./consistency.ts";
import { error } from "./error.ts";
import { evidence } from "./evidence.ts";
import { hello } from "./hello.ts";
import type { Message } from "./message.ts";
import { nothing } from "./nothing.ts";
import { parts } from "./parts.ts";
import { pull } from "./pull.ts";
import { range } from "./range.ts";

/** The messages of the exchange. A new one is a file beside this and a line here. */
export const MESSAGES = [
  hello,
  charters,
  pull,
  batch,
  checkpoint,
  nothing,
  range,
  parts,
  chunk,
  compare,
  consistency,
  evidence,
  error,
] as const satisfies readonly Message[];
