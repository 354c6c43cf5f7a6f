import { writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";

/** Microseconds between two samples: fine enough for a second of work. */
const SAMPLING_US = 200;

/** Does the work, and where a file is named writes a CPU profile of it there (open it in any browser's tools). */
export async function profiled<T>(file: string | undefined, work: () => Promise<T>): Promise<T> {
  if (file === undefined) return work();
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: SAMPLING_US });
  await session.post("Profiler.start");
  const result = await work();
  const { profile } = await session.post("Profiler.stop");
  writeFileSync(file, JSON.stringify(profile));
  return result;
}
