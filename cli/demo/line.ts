import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

type Wire = { readonly server: Server; readonly port: number; readonly target: number };

/** Wires on the loopback, each from a free port to a given one, which are cut and restored together. */
export class Line {
  readonly #wires: Wire[] = [];
  readonly #sockets = new Set<Socket>();

  /** Gives the port of the near end of a new wire. */
  async lay(target: number): Promise<number> {
    const server = createServer((near) => this.#join(near, target));
    const port = await listen(server, 0);
    this.#wires.push({ server, port, target });
    return port;
  }

  /** Breaks what is connected; whoever connects is refused. */
  cut(): void {
    for (const { server } of this.#wires) server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  async restore(): Promise<void> {
    await Promise.all(this.#wires.map(({ server, port }) => listen(server, port)));
  }

  #join(near: Socket, target: number): void {
    const far = connect(target, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }
}

/** Ports that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(servers.map((server) => listen(server, 0)));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      const address: AddressInfo | string | null = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}
