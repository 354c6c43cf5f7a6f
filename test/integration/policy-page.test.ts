import { randomBytes } from "node:crypto";
import { copyFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { type NodeProcess, removeNodes, startFederation, temporaryDirectory } from "../support/nodes.ts";
import { type CliResult, jsonLines, runCli } from "../support/run-cli.ts";
import { until } from "../support/until.ts";

const ROOT = join(import.meta.dirname, "..", "..");

afterAll(removeNodes);

/** A mark so often that no block boundary of a store hides all of them. */
function marked(mark: string): string {
  return `${mark}\n`.repeat(400);
}

/** Whether the mark stands in any file of a node's directory. */
async function isIn({ dataDir }: NodeProcess, mark: string): Promise<boolean> {
  const names = await readdir(dataDir, { recursive: true, withFileTypes: true });
  for (const entry of names)
    if (entry.isFile() && (await readFile(join(entry.parentPath, entry.name))).includes(mark)) return true;
  return false;
}

it("docs/operations.md tells how to say who reads what, line by line", { timeout: 180_000 }, async () => {
  const [nvwa, baua, gacc] = await startFederation("nvwa.nl", "baua.de", "gacc.gov.cn");
  if (nvwa === undefined || baua === undefined || gacc === undefined) throw new Error("three authorities");
  const page = await readFile(join(ROOT, "docs", "operations.md"), "utf8");
  const chapter = /^## Say who reads what\n(.*?)^## /ms.exec(page)?.[1] ?? "";
  const policy = /^```json\n(.*?)^```$/ms.exec(chapter)?.[1] ?? "";
  const commands = (/^```sh\n(.*?)^```$/ms.exec(chapter)?.[1] ?? "").trim().split("\n");
  const directory = await temporaryDirectory();
  const [first, second] = [randomBytes(16).toString("hex"), randomBytes(16).toString("hex")];
  for (const name of ["alert.json", "photo.png", "traceability.json"])
    await copyFile(join(ROOT, "samples", name), join(directory, name));
  await writeFile(join(directory, "policy.json"), policy);
  await writeFile(join(directory, "witness.txt"), marked(first));
  const run = async (line: string, ...more: readonly string[]): Promise<CliResult> => {
    const [, ...args] = line.split(" ");
    return await runCli([...args, ...more, "--data", nvwa.dataDir], { cwd: directory });
  };

  const [check = "", set = "", show = "", preview = "", publish = "", ...rest] = commands;
  expect(rest).toEqual([]);
  expect(await run(check)).toMatchObject({
    code: 0,
    stdout: "policy.json is a policy; entente policy set policy.json puts it into force\n",
  });
  expect(await run(set)).toMatchObject({ code: 0, stderr: "" });
  const shown = await run(show);
  expect(shown.stdout).toMatch(/^baua\.de +yes +goes there$/m);
  expect(shown.stdout).toMatch(/^gacc\.gov\.cn +no +on a ground: gdpr-49-1-d$/m);

  const readers = [
    "Product and risk: baua.de, gacc.gov.cn (named)",
    "Traceability: baua.de, gacc.gov.cn (by policy: readers of the record)",
    "Personal data: baua.de (by policy: readers of the record); not gacc.gov.cn, outside the area EU/EEA",
  ];
  const previewed = await run(preview);
  expect(previewed).toMatchObject({ code: 0, stderr: "" });
  expect(previewed.stdout).toContain(`\n${readers.join("\n")}\n`);
  const sent = await run(preview.replace(" --preview", ""));
  expect(sent).toMatchObject({ code: 0, stderr: `${readers.join("\n")}\n` });
  for (const node of [baua, gacc]) await node.catchUpWith(nvwa);
  await until("it has what it may read in the area", () => isIn(baua, first));

  // The same to whom it may not go: refused, and nothing is published.
  await writeFile(join(directory, "witness.txt"), marked(second));
  const refused = await run(publish.replace(/ --transfer-ground \S+/, ""), "--known");
  expect(refused).toMatchObject({
    code: 1,
    stdout: "",
    stderr: [
      "entente: part 1 (personal) has personal data and may not go to gacc.gov.cn, outside the area EU/EEA\n",
      "hint: leave them out of its readers; or name the ground: --transfer-ground gdpr-49-1-d\n",
    ].join(""),
  });
  expect(await isIn(gacc, first)).toBe(false);
  expect(await isIn(gacc, second)).toBe(false);

  const [published] = jsonLines(await run(publish, "--known", "--json"));
  expect(published).toMatchObject({ state: "appended" });
  const entry = String(published?.["entry"]);
  await gacc.catchUpWith(nvwa);
  await until("it has what it may read on the ground", () => isIn(gacc, second));
  const seen = await runCli(["show", entry, "--data", gacc.dataDir]);
  expect(seen.stdout).toContain(
    "part 1 may be read outside its owner's area, on gdpr-49-1-d: Important reasons of public interest (GDPR, Article 49(1)(d))\n",
  );
  const explained = await run(`entente explain ${entry} baua.de`);
  expect(explained.stdout).toContain(
    "baua.de reads part 0, the record (Product and risk); its readers: named\n" +
      "baua.de does not read part 1, Personal data (Personal data); its readers: named; may be read outside its owner's area, on gdpr-49-1-d",
  );
});
