import type { z } from "zod";
import type { CborMap } from "../cbor.ts";
import { type BodyFaults, faultsOfBody, readBody } from "./body.ts";
import type { RecordJson } from "./json.ts";
import type { Reading } from "./record-type.ts";
import { assertReferences } from "./references.ts";
import type { Summary } from "./summary.ts";
import type { Term } from "./term.ts";

export type RecordDefinition<N extends string, B> = {
  readonly name: N;
  readonly version: number;
  /** One sentence or two, for those who write one. */
  readonly description: string;
  readonly body: z.ZodType<B>;
  /** Where in the body positions of `refs` stand, by path. */
  readonly positions: (body: B) => Readonly<Record<string, number | undefined>>;
  readonly summary: (body: B) => Summary;
  readonly terms: (body: B) => readonly Term[];
  readonly example: RecordJson;
};

/** A type of record made of its schema and of what lists, searches and cases take from it. */
export function defineRecord<const N extends string, B>(definition: RecordDefinition<N, B>) {
  const { name, version, description, body: schema, positions, summary, terms, example } = definition;
  return {
    name,
    version,
    description,
    schema,
    read(value: CborMap, refs: number): Reading<N, B> {
      const read = readBody(schema, value);
      assertReferences(refs, positions(read.body));
      return { type: name, version, ...read, summary: summary(read.body), terms: terms(read.body) };
    },
    faults: (value: CborMap): BodyFaults => faultsOfBody(schema, value),
    example,
  };
}
