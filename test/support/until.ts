/** Long enough for a busy machine; what is as it should be takes seconds. */
const WAIT_MS = 40_000;
const POLL_MS = 20;

/** Asks again and again until it is so; fails after a while, saying what was waited for. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + WAIT_MS;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not so after ${WAIT_MS} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
