import { expect, it } from "vitest";
import { dialError } from "../../node/network/dial-error.ts";
import { oneLine } from "../../node/one-line.ts";

const ADDRESS = "/ip4/127.0.0.1/tcp/41999";
const running = new AbortController().signal;

it("says the cause first, and the address once", () => {
  const told = (message: string): string => dialError(new Error(message), ADDRESS, running).message;
  expect(told("connection error 127.0.0.1:41999: connect ECONNREFUSED 127.0.0.1:41999")).toBe(
    `connection refused, nothing listens there: ${ADDRESS}`,
  );
  expect(told("getaddrinfo ENOTFOUND entente.baua.de")).toBe(`no such host name: ${ADDRESS}`);
  expect(told("something else")).toBe(`something else: ${ADDRESS}`);
  expect(dialError(new Error("x"), ADDRESS, AbortSignal.abort()).message).toBe(`no answer in time: ${ADDRESS}`);
});

it("makes one short line of whatever was said", () => {
  expect(oneLine("a\nb\u001b[2J\u202ec")).toBe("a b [2J c");
  expect(oneLine("failed: failed: failed: why")).toBe("failed: why");
  expect(oneLine("x".repeat(1_000))).toHaveLength(161);
});
