import type { LeftArea, PolicyStatus } from "../../node/policy-types.ts";
import { codeLabel } from "../../protocol/record/codes/label.ts";
import { SECTIONS } from "../../protocol/record/codes/disclosure.ts";
import { count, formatTime, table } from "../text.ts";

type Audience = PolicyStatus["sections"]["traceability"];

const READERS: Readonly<Record<Extract<Audience, string>, string>> = {
  followers: "all who follow",
  area: "those in the area",
  addressees: "the readers of the record",
  nobody: "nobody who is not named",
};

/** The policy in force, and what it means for each trusted authority. */
export function policyLines(status: PolicyStatus, language: string): string[] {
  const { setBy, setAt, area, sections, authorities, notTrusted } = status;
  const rows = SECTIONS.map((section) => {
    const readers = readersText(sections[section]);
    return [codeLabel("section", section, language), section === "personal" ? `${readers}, within the area` : readers];
  });
  const places = authorities.map(({ name, inArea, grounds }) => [
    name,
    inArea ? "yes" : "no",
    inArea ? "goes there" : grounds.length === 0 ? "does not go there" : `on a ground: ${grounds.join(", ")}`,
  ]);
  return [
    setAt === null ? "no policy was set: these are the readers without one" : `set by ${setBy} on ${formatTime(setAt)}`,
    `area: ${area ?? "none, so that nobody is in it"}`,
    "",
    ...table(["section", "read by default by"], rows),
    ...(places.length === 0 ? [] : ["", ...table(["authority", "in the area", "personal data"], places)]),
    ...(notTrusted.length === 0 ? [] : ["", `named in the policy and not trusted here: ${notTrusted.join(", ")}`]),
  ];
}

/** What personal data those may still read who are no longer in the area. */
export function leftLines(left: readonly LeftArea[]): string[] {
  return left.map(({ name, entries, count: all }) => {
    if (all === 0) return `${name} is no longer in the area; nothing with personal data was addressed to it`;
    const more = all > entries.length ? ` and ${all - entries.length} more` : "";
    return `warning: ${name} is no longer in the area, and can read the personal data of ${count(all, "entry", "entries")}: ${entries.join(", ")}${more}; entente erase ENTRY --part N ends that`;
  });
}

function readersText(audience: Audience): string {
  return typeof audience === "string" ? READERS[audience] : audience.join(", ");
}
