import { type HeldDirectory, holdDirectory, makeWithin } from "./held-directory.ts";

/** What stands in a drop folder beside what is dropped: what is being published, what was, and what was not. */
export const DROP_FOLDERS = ["taking", "done", "refused"] as const;

export type DropFolders = AsyncDisposable & {
  readonly dropped: HeldDirectory;
  readonly taking: HeldDirectory;
  readonly done: HeldDirectory;
  readonly refused: HeldDirectory;
};

/** Opens a drop folder; makes in it what is missing. Throws `NOT_FOUND` and `FILE`. */
export async function openDropFolders(path: string): Promise<DropFolders> {
  await using opened = new AsyncDisposableStack();
  const dropped = opened.use(await holdDirectory(path));
  const [taking, done, refused] = [
    opened.use(await makeWithin(dropped, "taking")),
    opened.use(await makeWithin(dropped, "done")),
    opened.use(await makeWithin(dropped, "refused")),
  ];
  const kept = opened.move();
  return { dropped, taking, done, refused, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
