import { multiaddr } from "@multiformats/multiaddr";
import { describe, expect, it } from "vitest";
import { parseAddress, parseListenAddress } from "../../node/address.ts";

describe("parseAddress", () => {
  it.each([
    ["entente.nvwa.nl:4001", "/dns/entente.nvwa.nl/tcp/4001"],
    ["Entente.NVWA.nl:4001", "/dns/entente.nvwa.nl/tcp/4001"],
    ["localhost:1", "/dns/localhost/tcp/1"],
    ["node_a:65535", "/dns/node_a/tcp/65535"],
    ["3com.example:4001", "/dns/3com.example/tcp/4001"],
    ["192.0.2.7:4001", "/ip4/192.0.2.7/tcp/4001"],
    ["[2001:DB8::7]:4001", "/ip6/2001:db8::7/tcp/4001"],
    ["[::1]:4001", "/ip6/::1/tcp/4001"],
    ["/ip4/127.0.0.1/tcp/4001", "/ip4/127.0.0.1/tcp/4001"],
    ["/ip6/2001:db8::7/tcp/4001", "/ip6/2001:db8::7/tcp/4001"],
    ["/dns4/host/tcp/4001", "/dns4/host/tcp/4001"],
    ["/dns6/host.example/tcp/4001", "/dns6/host.example/tcp/4001"],
  ])("reads %s", (text, expected) => {
    expect(parseAddress(text)).toBe(expected);
    expect(parseAddress(expected)).toBe(expected);
    expect(multiaddr(expected).toString()).toBe(expected);
  });

  it.each([
    ["", "host:port"],
    ["entente.nvwa.nl", "host:port"],
    [":4001", "host name"],
    ["host:", "port"],
    ["host:0", "1 to 65535"],
    ["host:65536", "1 to 65535"],
    ["host:04001", "1 to 65535"],
    ["host:4001 ", "1 to 65535"],
    ["host:+1", "1 to 65535"],
    ["ho st:4001", "host name"],
    ["-host:4001", "host name"],
    ["host.:4001", "host name"],
    ["höst:4001", "host name"],
    ["256.1.1.1:4001", "host name"],
    ["10.1:4001", "host name"],
    ["2001:db8::7:4001", "brackets"],
    ["::1", "brackets"],
    ["[host]:4001", "IPv6 address"],
    ["[fe80::1%eth0]:4001", "IPv6 address"],
    ["http://host:4001", "host:port"],
    ["/ip4/1.2.3/tcp/4001", "IPv4 address"],
    ["/ip4/127.0.0.1/udp/4001", "/ip4/192.0.2.7/tcp/4001"],
    ["/ip4/127.0.0.1", "/ip4/192.0.2.7/tcp/4001"],
    ["/constructor/x/tcp/4001", "/ip4/192.0.2.7/tcp/4001"],
    ["/memory/a", "/ip4/192.0.2.7/tcp/4001"],
    ["/ip4/127.0.0.1/tcp/4001/ws", "/ip4/192.0.2.7/tcp/4001"],
    ["/ip4/127.0.0.1/tcp/4001/p2p/12D3KooWJ", "leave out /p2p/"],
    [`${"a.".repeat(200)}b:4001`, "host name"],
  ])("refuses %s and says what to write", (text, advice) => {
    expect(() => parseAddress(text)).toThrow(
      expect.objectContaining({ code: "ADDRESS_MALFORMED", message: expect.stringContaining(advice) }),
    );
  });
});

describe("parseListenAddress", () => {
  it("also takes port 0, for any free one", () => {
    expect(parseListenAddress("0.0.0.0:0")).toBe("/ip4/0.0.0.0/tcp/0");
    expect(parseListenAddress("/ip6/::/tcp/4001")).toBe("/ip6/::/tcp/4001");
    expect(() => parseListenAddress("0.0.0.0:-1")).toThrow("0 to 65535");
  });
});
