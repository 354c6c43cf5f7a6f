import { SYSTEM_CLOCK } from "../../node/clock.ts";
import { DiskGuard, type DiskGuardInit } from "../../node/disk-guard.ts";
import type { Space } from "../../node/disk-space.ts";

export const MIB = 1024 * 1024;
export const GIB = 1024 * MIB;

/** A disk whose room is what `room` says at the moment: low below 512 MiB, full below 128 MiB. */
export function openSpace(
  { log, clock = SYSTEM_CLOCK }: Pick<DiskGuardInit, "log"> & Partial<Pick<DiskGuardInit, "clock">>,
  room: Space = { free: 100 * GIB, total: 100 * GIB },
): Promise<DiskGuard> {
  const marks = { low: 512 * MIB, full: 128 * MIB };
  return DiskGuard.open({ measure: () => Promise.resolve({ ...room }), marks, clock, log });
}
