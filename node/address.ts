import { isIPv4, isIPv6 } from "node:net";
import { TransportError } from "./transport.ts";

const HOST = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/i;
const PORT = /^(0|[1-9][0-9]{0,4})$/;
const MULTIADDR = /^\/(ip4|ip6|dns|dns4|dns6)\/([^/]+)\/tcp\/([^/]+)$/;
const BRACKETED = /^\[([^[\]]*)\]:([^:]*)$/;
const HOST_PORT = /^([^:]*):([^:]*)$/;

/**
 * Reads where a node can be reached, as people write it, and gives the multiaddr:
 *
 *     entente.nvwa.nl:4001          →  /dns/entente.nvwa.nl/tcp/4001
 *     192.0.2.7:4001                →  /ip4/192.0.2.7/tcp/4001
 *     [2001:db8::7]:4001            →  /ip6/2001:db8::7/tcp/4001
 *     /dns4/entente.nvwa.nl/tcp/4001   as it stands
 *
 * Throws `ADDRESS_MALFORMED` with a sentence that says what to write.
 */
export function parseAddress(text: string): string {
  return toMultiaddr(text, 1);
}

/** As `parseAddress`, for listening: port 0 takes any free port. */
export function parseListenAddress(text: string): string {
  return toMultiaddr(text, 0);
}

function toMultiaddr(text: string, lowestPort: number): string {
  if (text.includes("/p2p/")) throw malformed(text, "leave out /p2p/ and what follows: the key comes from the charter");
  const { kind, host, port } = text.startsWith("/") ? splitMultiaddr(text) : splitHostPort(text);
  if (!isHost(kind, host)) throw malformed(text, `${JSON.stringify(host)} is not ${KINDS[kind]}`);
  if (!PORT.test(port) || Number(port) < lowestPort || Number(port) > 65_535) {
    throw malformed(text, `the port must be a number from ${lowestPort} to 65535`);
  }
  return `/${kind}/${host.toLowerCase()}/tcp/${port}`;
}

type Kind = "ip4" | "ip6" | "dns" | "dns4" | "dns6";

type Split = { readonly kind: Kind; readonly host: string; readonly port: string };

const KINDS: Readonly<Record<Kind, string>> = {
  ip4: "an IPv4 address",
  ip6: "an IPv6 address",
  dns: "a host name",
  dns4: "a host name",
  dns6: "a host name",
};

function splitMultiaddr(text: string): Split {
  const [, kind, host, port] = MULTIADDR.exec(text) ?? [];
  if (!isKind(kind) || host === undefined || port === undefined) {
    throw malformed(text, "write it as /ip4/192.0.2.7/tcp/4001, /ip6/2001:db8::7/tcp/4001 or /dns4/host/tcp/4001");
  }
  return { kind, host, port };
}

function splitHostPort(text: string): Split {
  const [, bracketed, bracketedPort] = BRACKETED.exec(text) ?? [];
  if (bracketed !== undefined && bracketedPort !== undefined)
    return { kind: "ip6", host: bracketed, port: bracketedPort };
  const [, host, port] = HOST_PORT.exec(text) ?? [];
  if (host !== undefined && port !== undefined) return { kind: isIPv4(host) ? "ip4" : "dns", host, port };
  if (isIPv6(text) || text.includes("::")) throw malformed(text, "put an IPv6 address in brackets: [2001:db8::7]:4001");
  throw malformed(text, "write it as host:port, for example entente.nvwa.nl:4001");
}

function isKind(text: string | undefined): text is Kind {
  return text !== undefined && Object.hasOwn(KINDS, text);
}

/** A name whose last label is a number would be taken for an IPv4 address by some resolvers, so that it is none. */
function isHost(kind: Kind, host: string): boolean {
  if (kind === "ip4") return isIPv4(host);
  if (kind === "ip6") return isIPv6(host) && !host.includes("%");
  return HOST.test(host) && !/(^|\.)[0-9]+$/.test(host);
}

function malformed(text: string, advice: string): TransportError {
  return new TransportError(
    "ADDRESS_MALFORMED",
    `${JSON.stringify(text.slice(0, 120))} is no address of a node: ${advice}`,
  );
}
