import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Answer, Order } from "./others-protocol.ts";

/** The process of `others.ts`. */
export class OthersProcess {
  readonly #child: ChildProcess;
  readonly #onPublished: (answer: Extract<Answer, { did: "publish" }>) => void;

  constructor(onPublished: (answer: Extract<Answer, { did: "publish" }>) => void) {
    this.#onPublished = onPublished;
    this.#child = fork(fileURLToPath(new URL("others.ts", import.meta.url)));
  }

  /** Resolves with their addresses once each has so many entries for the measured node. */
  start(count: number, entries: number): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      this.#child.once("exit", (code) => reject(new Error(`the other nodes ended with ${code}`)));
      this.#child.on("message", (answer: Answer) => {
        if (answer.did === "start") resolve(answer.addresses);
        else this.#onPublished(answer);
      });
      this.#order({ do: "start", count, entries });
    });
  }

  publish(at: number): void {
    this.#order({ do: "publish", at });
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#order({ do: "stop" });
    await ended;
  }

  #order(order: Order): void {
    this.#child.send(order);
  }
}
