import { cp, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Authority } from "./authority.ts";
import type { Identity } from "./scene-begin.ts";
import { authoritiesOf, show, showAll } from "./stage.ts";
import type { Stage } from "./stage.ts";

export type Proof = { readonly files: number; readonly bytes: number };

/** Proves the alert to somebody without a node, and shows that a changed bit is noticed. */
export async function prove(stage: Stage, alert: string, identities: ReadonlyMap<Authority, Identity>): Promise<Proof> {
  const { voice, consumer, toys, court } = stage;
  voice.heading("A proof");
  voice.say(
    `A court wants to know what ${toys.name} published. ${consumer.name}, or anybody else who holds the alert, can prove it:`,
  );
  await show(stage, { who: consumer, args: ["prove", alert, "--out", "evidence"] });
  voice.say(
    "The three nodes are stopped now. The court has the folder, and a list of authorities from the official journal:",
  );
  await showAll(
    stage,
    authoritiesOf(stage).map((who) => ({ who, args: ["stop"] })),
  );
  for (const who of authoritiesOf(stage)) await who.ended();
  const trust = authoritiesOf(stage).map((who) => `authority ${who.name} ${identities.get(who)?.id}`);
  await writeFile(join(stage.dir, "trust.txt"), `${trust.join("\n")}\n`);
  voice.typed(court, "cat trust.txt");
  voice.output(trust);
  await show(stage, { who: court, args: ["verify", "evidence", "--trust", "trust.txt"] });
  const proof = await measure(join(stage.dir, "evidence"));
  await cp(join(stage.dir, "evidence"), join(stage.dir, "forged"), { recursive: true });
  await flipBit(join(stage.dir, "forged"));
  voice.event("In a copy of the folder, one bit of the alert is flipped.");
  await show(stage, {
    who: court,
    args: ["verify", "forged", "--trust", "trust.txt"],
    only: /FAILED|NOT verified/,
    codes: [1],
  });
  return proof;
}

async function measure(dir: string): Promise<Proof> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size));
  return { files: files.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

/** In the middle of the record. */
async function flipBit(dir: string): Promise<void> {
  const file = join(dir, "parts", "0.part");
  const bytes = await readFile(file);
  const middle = bytes.length >> 1;
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
  await writeFile(file, bytes);
}
