import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DemoError } from "./demo-error.ts";
import { searchFiles } from "./search-files.ts";
import type { Search } from "./search-files.ts";
import { showAll } from "./stage.ts";
import type { Stage } from "./stage.ts";
import { count, formatBytes } from "../text.ts";

/** Shorter texts would be found by chance. */
const MIN_TEXT = 12;

/** Words of the format itself stand in every file. */
const CODE = /^[a-z-]+$/;

const FACE = /^\S+:\d+ {2}|^witnessed by|^ {2}(part|\d)|too much lead/;

/** Shows what each of the two readers sees of the alert, and looks for the rest in the files of who may not have it. */
export async function compareSight(stage: Stage, entry: string): Promise<Search> {
  const { voice, exporter, consumer, toys } = stage;
  voice.heading("Who sees what");
  voice.say(
    `Both look at the alert. ${exporter.name} has all of it; ${consumer.name} has the alert and the photograph, and sees that there is one more part, withheld from it, but not who has it:`,
  );
  const args = ["show", entry];
  await showAll(stage, [
    { who: exporter, args, only: FACE },
    { who: consumer, args, only: FACE },
  ]);
  voice.say(`${consumer.name} saves the photograph, and asks for the section in vain:`);
  await showAll(stage, [
    { who: consumer, args: ["fetch", entry, "--part", "2", "--out", "pictures"] },
    { who: consumer, args: ["fetch", entry, "--part", "1"], codes: [1] },
  ]);
  voice.say("Withheld does not mean hidden by the program: the bytes never came. The files themselves show it:");
  const texts = await confidentialTexts(stage.dir);
  const has = await searchFiles(exporter.dir, texts);
  const hasNot = await searchFiles(consumer.dir, texts);
  if (has.found.length === 0)
    throw new DemoError(`no confidential text was found at ${exporter.name}: the search is broken`);
  if (hasNot.found.length > 0)
    throw new DemoError(`${consumer.name} holds confidential texts of ${toys.name}`, hasNot.found);
  voice.output([
    "",
    `${count(texts.length, "text")} of the confidential section, such as "${has.found[0]}":`,
    `  ${exporter.name.padEnd(20)} ${count(has.found.length, "text")} found in ${count(has.files, "file")}, ${formatBytes(has.bytes)}`,
    `  ${consumer.name.padEnd(20)} none found in ${count(hasNot.files, "file")}, ${formatBytes(hasNot.bytes)}`,
  ]);
  return hasNot;
}

/** What stands in the section and not in the alert. */
async function confidentialTexts(dir: string): Promise<string[]> {
  const section: unknown = JSON.parse(await readFile(join(dir, "samples", "traceability.json"), "utf8"));
  const alert = await readFile(join(dir, "samples", "alert.json"), "utf8");
  return [...new Set(textsIn(section))].filter(
    (text) => text.length >= MIN_TEXT && !CODE.test(text) && !alert.includes(text),
  );
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
