import { type Disk, DiskError } from "./disk.ts";

/**
 * A disk that takes no more writes after the first that failed. What LevelDB writes after a write that failed half-way
 * goes behind a torn record of its log, where the next start does not look: acknowledged writes would be lost. Reading
 * goes on, so that a node may tell what happened before it ends.
 */
export function failStop(disk: Disk, onFailed: (error: DiskError) => void): Disk {
  const failures: DiskError[] = [];
  const assertWhole = (): void => {
    if (failures[0] !== undefined) throw failures[0];
  };
  return {
    get: (key) => disk.get(key),
    getMany: (keys) => disk.getMany(keys),
    scan: (range) => disk.scan(range),
    compact: (ranges) => disk.compact(ranges),
    close: () => disk.close(),
    async write(writes, sync) {
      assertWhole();
      try {
        await disk.write(writes, sync);
      } catch (error) {
        const failure = error instanceof DiskError ? error : new DiskError("FAILED", "the store failed", error);
        failures.push(failure);
        onFailed(failure);
        throw failure;
      }
      // Whether it stands before or behind the tear of one that failed meanwhile is not known.
      assertWhole();
    },
  };
}
