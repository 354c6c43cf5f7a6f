import { admitPublicKey, verifySignature } from "../../keys/ed25519.ts";
import { sha256 } from "../../keys/sha256.ts";
import { verifyProofDirectory } from "../../protocol/proof/proof-directory.ts";
import { FormatError } from "../../protocol/format-error.ts";
import { parseTrustFile } from "../../protocol/trust-file.ts";
import type { TrustedAuthority } from "../../protocol/trust-file.ts";
import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../exit-code.ts";
import type { ExitCode } from "../exit-code.ts";
import { MAX_TRUST_FILE } from "../limits.ts";
import { startProgress } from "../progress.ts";
import { readTextFile } from "../read-file.ts";
import { proofJson, proofLines } from "../show/proof.ts";
import { verifiedLogLines } from "../show/verified-log.ts";
import { openDirectory } from "../verify/directory-reader.ts";
import type { World } from "../world.ts";

export const verify = defineCommand({
  name: "verify",
  usage: "DIR|LOG",
  arguments: [1, 1],
  summary: "verify a proof directory offline, or a whole log as the node holds it",
  description: [
    "With --trust, a directory that entente prove wrote: no node, no network, nothing but the directory and the names and ids that you were told to trust. A trust file has lines such as: authority nvwa.nl 1e0f… (64 hex digits).",
    "Without it, a log that the node holds: every entry, every part that is here, the charters, and the signature. The exit code is 1 if anything is wrong.",
  ],
  options: { trust: { type: "string", value: "FILE", help: "verify a directory, for who trusts these authorities" } },
  examples: ["entente verify evidence --trust trust.txt", "entente verify nvwa.nl"],
  run: (context, [what = ""], { trust }) =>
    trust === undefined ? verifyLog(context, what) : verifyDirectory(context, what, trust),
});

async function verifyDirectory({ world, print }: Context, dir: string, trustFile: string): Promise<ExitCode> {
  const trust = await readTrust(world, trustFile);
  const progress = startProgress(world, `verifying ${dir}`);
  let done = 0;
  const reader = await openDirectory(dir, (bytes) =>
    progress.update({ done: (done += bytes), total: reader.totalBytes, what: "bytes" }),
  );
  const report = await verifyProofDirectory(reader, trust, {
    sha256,
    verify: verifySignature,
    admitKey: admitPublicKey,
  });
  progress.end();
  print.result("entente/verify/1", proofJson(report), () => proofLines(report));
  return report.isOk ? EXIT.done : EXIT.refused;
}

async function readTrust(world: World, path: string): Promise<readonly TrustedAuthority[]> {
  const text = await readTextFile(world, path, MAX_TRUST_FILE);
  try {
    return parseTrustFile(text);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new CliError(
      "FILE",
      `${path} is no trust file: ${error.message}`,
      "its lines are: authority nvwa.nl and 64 hex digits of its id, with single spaces",
    );
  }
}

async function verifyLog({ world, connect, print }: Context, log: string): Promise<ExitCode> {
  if (/[/\\]/.test(log) || log === ".")
    throw new CliError(
      "USAGE",
      `to verify the directory ${log}, say whom you trust`,
      `entente verify ${log} --trust FILE`,
    );
  const client = await connect();
  const progress = startProgress(world, `verifying ${log}`);
  const report = await client.verifyLog(log, (now) => progress.update(now));
  progress.end();
  print.result("entente/verify-log/1", report, () => verifiedLogLines(report));
  return report.problems.length === 0 ? EXIT.done : EXIT.refused;
}
