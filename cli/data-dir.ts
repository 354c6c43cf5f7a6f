import { resolve } from "node:path";
import type { World } from "./world.ts";

/** Where the node keeps everything: `--data`, else `ENTENTE_DATA`, else `entente` in the XDG data home. */
export function findDataDir(world: Pick<World, "env" | "homeDir">, option: string | undefined): string {
  const { ENTENTE_DATA: named, XDG_DATA_HOME: dataHome } = world.env;
  if (isSet(option)) return resolve(option);
  if (isSet(named)) return resolve(named);
  // The XDG specification: a relative path is invalid, and ignored.
  const home = isSet(dataHome) && dataHome.startsWith("/") ? dataHome : resolve(world.homeDir, ".local/share");
  return resolve(home, "entente");
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}
