import { setTimeout as pause } from "node:timers/promises";
import { DemoError } from "./demo-error.ts";

/** Between two looks, so that looking does not slow down what is looked for. */
const PAUSE_MS = 200;
/** Far more than anything here takes, on a slow and busy machine too. */
const DEADLINE_MS = 60_000;

/** Waits until `isSo`. `otherwise`: what keeps it waiting, for who reads that it never was. */
export async function until(otherwise: string, isSo: () => Promise<boolean>): Promise<void> {
  const start = performance.now();
  while (!(await isSo())) {
    if (performance.now() - start > DEADLINE_MS)
      throw new DemoError(`waited ${DEADLINE_MS / 1000} seconds in vain: ${otherwise}`);
    await pause(PAUSE_MS);
  }
}
