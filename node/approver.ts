import { lastCharter } from "../protocol/charter-chain.ts";
import { createNoteSigner } from "../keys/signer.ts";
import type { Core } from "./core.ts";
import { ServiceError } from "./service.ts";

export type Approver = { signBytes(message: Uint8Array): string };

/** An approver key of this node that the charter in force names. Throws `REFUSED`; `without` says what to do without one. */
export function approverOf(core: Core, without: string): Approver {
  const named = lastCharter(core.ownChain).roles;
  for (const [role, key] of core.init.keys.roles) {
    const signer = createNoteSigner(`${core.ownName}/${role}`, key);
    if (role.startsWith("approver/") && named.some(({ name }) => name === signer.name)) return signer;
  }
  throw new ServiceError(
    "REFUSED",
    "this node has no approver key",
    `an approver key is made by entente init --approver; ${without}`,
  );
}
