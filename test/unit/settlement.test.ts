import { describe, expect, it } from "vitest";
import { beginSettlement, recovered, type HeadReport, settle } from "../../node/settlement.ts";

const report = (over: Partial<HeadReport>): HeadReport => ({
  peer: "b.example",
  size: 5,
  agrees: true,
  storeSize: 5,
  fileSize: 5,
  ...over,
});

describe("when a node may sign", () => {
  it("signs at once without peers, unless its store was put back from a backup", () => {
    expect(beginSettlement(0, 5, 5).state).toBe("ready");
    expect(beginSettlement(0, 4, 5).state).toBe("held");
  });

  it("waits for half of its peers, at least one", () => {
    let settlement = beginSettlement(3, 5, 5);
    expect(settlement).toMatchObject({ state: "asking", needed: 2 });
    settlement = settle(settlement, report({}));
    expect(settlement.state).toBe("asking");
    settlement = settle(settlement, report({}));
    expect(settlement.state, "the same peer twice is one").toBe("asking");
    settlement = settle(settlement, report({ peer: "c.example", size: 0 }));
    expect(settlement.state, "'I hold nothing' is an answer").toBe("ready");
  });

  it("takes back what a restored store lost, if the heads file knew of it", () => {
    const settlement = settle(beginSettlement(1, 3, 5), report({ storeSize: 3 }));
    expect(settlement).toEqual({ state: "recovering", size: 5 });
    expect(recovered(settlement, 4).state).toBe("recovering");
    expect(recovered(settlement, 5).state).toBe("ready");
  });

  it("goes back to recovering even after it was ready, if a peer shows more", () => {
    expect(settle({ state: "ready" }, report({ storeSize: 3, fileSize: 5 })).state).toBe("recovering");
  });

  it("is held where a peer holds more than was ever signed here", () => {
    expect(settle(beginSettlement(1, 5, 5), report({ size: 6 })).state).toBe("held");
  });

  it("is held where a peer holds another history", () => {
    expect(settle({ state: "ready" }, report({ size: 4, agrees: false })).state).toBe("held");
  });

  it("is held where nobody who answered holds what the heads file knows", () => {
    expect(settle(beginSettlement(1, 3, 5), report({ size: 2, storeSize: 3 })).state).toBe("held");
  });

  it("stays held whatever is said next", () => {
    const held = settle(beginSettlement(1, 5, 5), report({ size: 6 }));
    expect(settle(held, report({})).state).toBe("held");
  });
});
