import { CliError } from "../cli-error.ts";
import type { Context } from "../context.ts";
import type { LocalClient } from "../local-client.ts";

/** For what is prepared to be published: the node is asked only where a record names somebody. */
export function idLookup({ connect }: Pick<Context, "connect">): (name: string) => Promise<string> {
  return async (name) => (await idsOf(await connect(), [name]))[0] ?? name;
}

/** Ids of authorities by name: records name them so, since names are for people. This authority may be one. Throws `CliError`. */
export async function idsOf(client: LocalClient, names: readonly string[]): Promise<readonly string[]> {
  const [own, peers] = await Promise.all([client.status(), client.peers()]);
  const known = [{ name: own.name, id: own.id }, ...peers];
  return names.map((name) => {
    const found = known.filter((one) => one.name === name || (name.length >= 8 && one.id.startsWith(name)));
    const [one, other] = found;
    if (one === undefined || other !== undefined)
      throw new CliError("NOT_FOUND", `${name} is not a trusted authority`, "entente peer list");
    return one.id;
  });
}
