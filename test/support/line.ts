import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { pipeline } from "node:stream/promises";

/** A line on loopback to a node, which counts what passes and may be cut. */
export class Line {
  /** Bytes from the node at its far end, and to it. */
  from = 0;
  to = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(port: number) {
    this.#server = createServer((near) => {
      const far = connect(port, "127.0.0.1");
      far.on("data", (bytes) => (this.from += bytes.length));
      near.on("data", (bytes) => (this.to += bytes.length));
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.once("close", () => this.#sockets.delete(socket));
      }
      // Either end may vanish at any time: that is what the line is for.
      pipeline(near, far, near).catch(() => [near, far].forEach((socket) => socket.destroy()));
    });
  }

  /** To a node's address, `/ip4/127.0.0.1/tcp/…`. */
  static async lay(address: string): Promise<Line> {
    const line = new Line(Number(address.split("/").at(-1)));
    line.#server.listen(0, "127.0.0.1");
    await once(line.#server, "listening");
    return line;
  }

  get address(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the line has no port");
    return `/ip4/127.0.0.1/tcp/${address.port}`;
  }

  /** Ends every connection; new ones come through. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  remove(): void {
    this.#server.close();
    this.cut();
  }
}
