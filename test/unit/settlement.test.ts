import { describe, expect, it } from "vitest";
import {
  beginSettlement,
  type HeadReport,
  type PeerCount,
  peersChanged,
  recovered,
  type Settlement,
  settle,
} from "../../node/settlement.ts";

const sizes = (storeSize: number, fileSize: number): { storeSize: number; fileSize: number } => ({
  storeSize,
  fileSize,
});
const direct = (peers: number): PeerCount => ({ trusted: peers, direct: peers });
const report = (over: Partial<HeadReport>): HeadReport => ({
  peer: "b.example",
  size: 5,
  agrees: true,
  admitted: true,
  storeSize: 5,
  fileSize: 5,
  ...over,
});

describe("when a node may sign", () => {
  it("signs at once without peers, unless its store was put back from a backup", () => {
    expect(beginSettlement(direct(0), sizes(5, 5)).state).toBe("ready");
    expect(beginSettlement(direct(0), sizes(4, 5)).state).toBe("held");
  });

  it("waits for half of its peers, at least one", () => {
    let settlement = beginSettlement(direct(3), sizes(5, 5));
    expect(settlement).toMatchObject({ state: "asking", needed: 2 });
    settlement = settle(settlement, report({}));
    expect(settlement.state).toBe("asking");
    settlement = settle(settlement, report({}));
    expect(settlement.state, "the same peer twice is one").toBe("asking");
    settlement = settle(settlement, report({ peer: "x.example", admitted: false }));
    expect(settlement.state, "who is not admitted does not answer").toBe("asking");
    settlement = settle(settlement, report({ peer: "c.example", size: 0 }));
    expect(settlement.state, "'I hold nothing' is an answer").toBe("ready");
  });

  it("waits for half of those that it can have asked, not for who was never connected", () => {
    const many = { trusted: 60, direct: 3 };
    expect(beginSettlement(many, sizes(5, 5))).toMatchObject({ state: "asking", needed: 2 });
    expect(beginSettlement({ trusted: 4, direct: 0 }, sizes(5, 5))).toMatchObject({ state: "asking", needed: 1 });
  });

  it("takes back what a restored store lost, if the heads file knew of it", () => {
    const settlement = settle(beginSettlement(direct(1), sizes(3, 5)), report({ storeSize: 3 }));
    expect(settlement).toMatchObject({ state: "recovering", size: 5 });
    expect(recovered(settlement, sizes(4, 5)).state).toBe("recovering");
    expect(recovered(settlement, sizes(5, 5)).state).toBe("ready");
  });

  it("asks the others too before it signs on what one gave back", () => {
    const one = settle(beginSettlement(direct(10), sizes(3, 5)), report({ storeSize: 3 }));
    expect(recovered(one, sizes(5, 5))).toMatchObject({ state: "asking", needed: 5 });
  });

  it("goes back to recovering even after it was ready, if a peer shows more", () => {
    expect(settle({ state: "ready" }, report({ storeSize: 3, fileSize: 5 })).state).toBe("recovering");
  });

  it("is held where a peer holds more than was ever signed here, be it who it may", () => {
    for (const admitted of [true, false])
      expect(settle(beginSettlement(direct(1), sizes(5, 5)), report({ size: 6, admitted })).state).toBe("held");
  });

  it("is held where a peer holds another history", () => {
    expect(settle({ state: "ready" }, report({ size: 4, agrees: false })).state).toBe("held");
  });

  it("is held where nobody who answered holds what the heads file knows, until somebody comes who does", () => {
    const lost = settle(beginSettlement(direct(1), sizes(3, 5)), report({ size: 2, storeSize: 3 }));
    expect(lost.state).toBe("held");
    expect(settle(lost, report({ peer: "c.example", storeSize: 3 })).state).toBe("recovering");
  });

  it("is held where those who hold a part of what is lost have given it, and nobody holds the rest", () => {
    const some = settle(beginSettlement(direct(2), sizes(3, 5)), report({ size: 4, storeSize: 3 }));
    expect(some.state).toBe("recovering");
    expect(recovered(some, sizes(4, 5)).state).toBe("held");
  });

  it("stays held whatever is said next", () => {
    const held = settle(beginSettlement(direct(1), sizes(5, 5)), report({ size: 6 }));
    expect(settle(held, report({})).state).toBe("held");
  });

  it("needs the answers of those only that are trusted now", () => {
    const two: Settlement = settle(beginSettlement(direct(3), sizes(5, 5)), report({}));
    expect(peersChanged(two, ["b.example", "c.example"], direct(2), sizes(5, 5)).state).toBe("ready");
    expect(peersChanged(two, ["c.example", "d.example"], direct(2), sizes(5, 5)).state).toBe("asking");
  });
});
