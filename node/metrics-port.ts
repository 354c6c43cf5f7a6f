import { once } from "node:events";
import { createServer } from "node:http";
import { METRICS_CONNECTIONS_MAX, METRICS_TIMEOUT_MS } from "./limits.ts";
import type { Logger } from "./logger.ts";
import type { NodeService } from "./service.ts";
import { TransportError } from "./transport.ts";

/**
 * `GET /metrics` for a Prometheus on this machine, without a token: numbers and names of authorities, nothing else, for
 * whoever may open a connection here. `address` is a loopback address and a port, `127.0.0.1:9464`. The result closes it.
 * Throws `LISTEN_FAILED`.
 */
export async function openMetricsPort(
  address: string,
  service: Pick<NodeService, "metrics">,
  log: Logger,
): Promise<() => Promise<void>> {
  const server = createServer({ requestTimeout: METRICS_TIMEOUT_MS, headersTimeout: METRICS_TIMEOUT_MS });
  const { host, port } = splitAddress(address);
  const hosts = [address, `localhost:${port}`];
  server.maxConnections = METRICS_CONNECTIONS_MAX;
  server.on("request", (request, response) => {
    // A page in a browser must not read them by giving this address a name of its own.
    const isLocal = hosts.includes(request.headers.host ?? "");
    if (!isLocal || request.method !== "GET" || request.url !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    service.metrics().then(
      (text) => response.writeHead(200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }).end(text),
      (err: unknown) => {
        log.error({ err }, "metrics failed");
        response.writeHead(500).end();
      },
    );
  });
  server.listen(port, host);
  await once(server, "listening").catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TransportError("LISTEN_FAILED", `metrics cannot be offered at ${address}: ${reason}`);
  });
  return async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
}

/** `[::1]:9464` as `::1` and 9464. */
function splitAddress(address: string): { readonly host: string; readonly port: number } {
  const colon = address.lastIndexOf(":");
  return { host: address.slice(0, colon).replace(/^\[|\]$/g, ""), port: Number(address.slice(colon + 1)) };
}
