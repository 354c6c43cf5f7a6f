import type { CaseDetail } from "../../node/case-types.ts";
import { CliError } from "../cli-error.ts";
import type { LocalClient } from "../local-client.ts";

/** An act that has an effect only by who has the case is not published by anybody else. Throws `REFUSED`. */
export async function requireOwner(client: LocalClient, { case: root, owners }: CaseDetail): Promise<void> {
  const { name } = await client.status();
  if (owners.includes(name)) return;
  throw new CliError(
    "REFUSED",
    `${owners.join(" and ")} ${owners.length === 1 ? "has" : "have"} this case: by ${name} it would have no effect`,
    `entente request ${root} --kind mutual-assistance --ask ${owners[0] ?? "NAME"} --question …`,
  );
}
