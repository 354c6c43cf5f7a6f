import { hash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds of the machine's monotonic clock, which all processes share. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** CPU seconds of this process so far, all threads. */
export function cpuSeconds(): number {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  return (userCPUTime + systemCPUTime) / 1e6;
}

/** The most memory that this process ever held, in MiB: VmHWM, which unlike ru_maxrss is not inherited from a parent. */
export function peakMemory(): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;
}

/** Forgets what was held before, so that the peak is of what comes next. */
export function forgetPeakMemory(): void {
  writeFileSync("/proc/self/clear_refs", "5");
}

/** CPU seconds during which the machine was busy with anything since it was started. */
export function machineSeconds(): number {
  const [line = ""] = readFileSync("/proc/stat", "utf8").split("\n");
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq + steal) / 100;
}

/** How the machine was when something was measured. */
export type Circumstances = {
  readonly load: number;
  /** 600-byte SHA-256 a second on one core just now: others may share the host. */
  readonly hashes: number;
  /** CPU seconds that anything but the measured processes took meanwhile, where that was measured. */
  readonly others?: number;
};

/** Waits, a few seconds at most, until others leave the machine mostly idle; then looks how fast it is. */
export async function quiet(patience: number): Promise<Circumstances> {
  for (let second = 0; second < patience; second++) {
    const before = machineSeconds();
    await sleep(1000);
    if (machineSeconds() - before < availableParallelism() / 4) break;
  }
  return { load: rounded(loadavg()[0] ?? 0), hashes: hashesPerSecond() };
}

function hashesPerSecond(): number {
  const bytes = new Uint8Array(600);
  const began = performance.now();
  let count = 0;
  for (; performance.now() - began < 60; count++) hash("sha256", bytes, "hex");
  return Math.round(count / (performance.now() - began)) * 1000;
}

/** Bytes of all files below a directory. */
export function diskBytes(directory: string): number {
  let bytes = 0;
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).size;
  return bytes;
}

/** The value below which `share` (0 to 1) of the values lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = low] = sorted.length % 2 === 0 ? sorted.slice(middle - 1) : sorted.slice(middle);
  return sorted.length % 2 === 0 ? (low + high) / 2 : low;
}

/** Three significant digits, or none lost of an integer with more. */
export function rounded(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
