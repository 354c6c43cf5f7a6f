import { describe, expect, it } from "vitest";
import { receiptCover } from "../../node/receipt-cover.ts";
import type { HeldReceipt } from "../../node/witness.ts";

function receipt(
  size: number,
  exceptions: number,
  isDirect: boolean,
  ...lacks: readonly (readonly [number, number])[]
): HeldReceipt {
  const places = lacks.map(([index, part]) => ({ index, part }));
  return { reader: "aa", size, exceptions, note: "", arrival: { at: 100, isDirect, lacks: places } };
}

const part = { index: 5, part: 1, since: 5 };

describe("what a receipt says of a part", () => {
  it.each([
    ["nothing without one", undefined, "unconfirmed"],
    ["nothing of what lies beyond it", receipt(5, 0, true), "unconfirmed"],
    ["that it is here, where nothing is excepted, whoever brought the receipt", receipt(6, 0, false), "held"],
    ["that it is lacking, where it is named", receipt(9, 2, true, [3, 0], [5, 1]), "lacking"],
    ["that it is here, where all that is lacking is named and it is not", receipt(9, 2, true, [3, 0], [5, 2]), "held"],
    ["nothing certain, where the exceptions came by others", receipt(9, 2, false), "unclear"],
    ["nothing certain, where it lies behind the end of a list that was cut", receipt(9, 3, true, [3, 0]), "unclear"],
    ["that it is here, before the end of a list that was cut", receipt(9, 3, true, [3, 0], [5, 2]), "held"],
  ] as const)("is %s", (_, held, cover) => {
    expect(receiptCover(held, part)).toBe(cover);
  });

  it("from before the grant that opened it is nothing", () => {
    expect(receiptCover(receipt(9, 0, true), { ...part, since: 9 })).toBe("unconfirmed");
    expect(receiptCover(receipt(10, 0, true), { ...part, since: 9 })).toBe("held");
  });

  it("kept before exceptions were kept leaves them open", () => {
    expect(receiptCover({ ...receipt(9, 1, true), arrival: undefined }, part)).toBe("unclear");
  });
});
