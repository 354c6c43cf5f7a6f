import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import START_FLAGS from "../cli/start-flags.json" with { type: "json" };
import type { Job, Reply } from "./roles.ts";

/** A role that runs in a process of its own. */
export type Worker = {
  say(word: string): void;
  /** Its next word; throws if it ended without one. */
  hear(): Promise<Reply>;
  /** Resolves when it ended well. */
  ended: Promise<void>;
  kill(): void;
};

const WORKER = fileURLToPath(new URL("./worker.ts", import.meta.url));

export function startWorker(job: Job): Worker {
  // Each as its users run it.
  const execArgv = job.peer === "entente" ? [...process.execArgv, ...START_FLAGS] : process.execArgv;
  const child = fork(WORKER, [JSON.stringify(job)], { execArgv, stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const replies: Reply[] = [];
  let wake = (): void => undefined;
  child.on("message", (text: unknown) => {
    if (typeof text !== "string") return;
    const reply: Reply = JSON.parse(text);
    replies.push(reply);
    wake();
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.on("exit", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${job.peer} as ${job.role} ended with ${code ?? signal}`));
    });
  });
  ended.catch(() => undefined);
  const hear = async (): Promise<Reply> => {
    for (;;) {
      const reply = replies.shift();
      if (reply !== undefined) return reply;
      const arrived = new Promise<void>((resolve) => (wake = resolve));
      await Promise.race([
        arrived,
        ended.then(() => Promise.reject(new Error(`${job.peer} as ${job.role} said nothing`))),
      ]);
    }
  };
  return { say: (word) => child.send(word), hear, ended, kill: () => child.kill("SIGKILL") };
}
