import type { Command } from "./command.ts";
import { forDataDir } from "./for-data-dir.ts";
import { createLocalClient } from "./local-client.ts";
import type { LocalClient } from "./local-client.ts";
import type { GlobalOptions } from "./parse-arguments.ts";
import type { Printer } from "./printer.ts";
import { findSocket, nodeDown } from "./socket-path.ts";
import { readToken } from "./token.ts";
import type { World } from "./world.ts";

/** What a command works with. */
export type Context = {
  /** All there are, for what explains them. */
  readonly commands: readonly Command[];
  readonly world: World;
  readonly print: Printer;
  readonly dataDir: string;
  /** A command that is shown to be copied, as it is to be typed here. */
  readonly command: (text: string) => string;
  readonly passphraseFile: string | undefined;
  /** The running node. Throws `NODE_DOWN`, and `UNAUTHORISED` where no token is found. */
  readonly connect: () => Promise<LocalClient>;
};

export function createContext(
  commands: readonly Command[],
  world: World,
  print: Printer,
  dataDir: string,
  globals: GlobalOptions,
): Context {
  return {
    commands,
    world,
    print,
    dataDir,
    command: (text) => forDataDir(text, globals.dataDir),
    passphraseFile: globals.passphraseFile,
    connect: async () => {
      // A node that is down is the first thing to mend, whoever asks.
      const socketPath = await findSocket(dataDir);
      const token = await readToken(world, dataDir, globals.tokenFile);
      return createLocalClient({ socketPath, token, whenDown: () => nodeDown(dataDir) });
    },
  };
}
