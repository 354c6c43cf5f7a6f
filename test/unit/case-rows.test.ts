import fc from "fast-check";
import { expect, it } from "vitest";
import { type CaseKey, CaseRows } from "../../node/case-rows.ts";
import { logKey } from "../../node/keyspace.ts";
import { utf8Decode, utf8Encode } from "../../protocol/bytes.ts";
import { Drive } from "../simulation/virtual-disk.ts";

const key = fc.record({
  status: fc.constantFrom("open", "closed"),
  latest: fc.constantFrom("2026-01-01", "2026-01-02", "2026-03-01"),
  mine: fc.option(fc.constantFrom("2026-02-01", "9999-99-99 2026"), { nil: undefined }),
});
const change = fc.record({
  log: fc.integer({ min: 1, max: 2 }),
  index: fc.nat(9),
  key: fc.option(key, { nil: undefined }),
});

function keyOf(row: Uint8Array): CaseKey {
  const parsed: CaseKey & { mine?: string } = JSON.parse(utf8Decode(row));
  return { ...parsed, mine: parsed.mine };
}

it("lists the first of what is asked for, as sorting all of it would, whenever it was loaded", async () => {
  const query = fc.record({
    status: fc.constantFrom(undefined, "open", "closed"),
    mine: fc.boolean(),
    limit: fc.integer({ min: 1, max: 12 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 30 }), query, fc.boolean(), async (changes, asked, isLoaded) => {
      const disk = new Drive().instant();
      const rows = new CaseRows(disk, keyOf);
      if (isLoaded) await rows.list(asked, () => true);
      const all = new Map<string, { log: number; index: number; key: CaseKey }>();
      for (const { log, index, key: row } of changes) {
        const at = logKey("case", log, index);
        await rows.write([{ key: at, value: row === undefined ? undefined : utf8Encode(JSON.stringify(row)) }]);
        if (row === undefined) all.delete(`${log}/${index}`);
        else all.set(`${log}/${index}`, { log, index, key: row });
      }
      const isHere = ({ log }: { readonly log: number }): boolean => log !== 2;
      const text = (one: { log: number; index: number; key: CaseKey }): string => `${asked.mine ? one.key.mine : ""}`;
      const expected = [...all.values()]
        .filter(isHere)
        .filter((one) => asked.status === undefined || one.key.status === asked.status)
        .filter((one) => !asked.mine || one.key.mine !== undefined)
        .toSorted(
          (a, b) =>
            (asked.mine ? text(a).localeCompare(text(b)) : b.key.latest.localeCompare(a.key.latest)) ||
            a.log - b.log ||
            a.index - b.index,
        );
      const { rows: found, total } = await rows.list(asked, isHere);
      expect(total).toBe(expected.length);
      expect(found.map(({ log, index }) => [log, index])).toEqual(
        expected.slice(0, asked.limit).map(({ log, index }) => [log, index]),
      );
    }),
  );
});
