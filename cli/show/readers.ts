import type { DeliverySection, PublishPreview } from "../../node/service.ts";
import { codeLabel } from "../../protocol/record/codes/label.ts";

type PreviewPart = PublishPreview["parts"][number];
type By = PreviewPart["by"];

/** Why those who read a part do. */
const BY: Readonly<Record<By, string>> = {
  named: "named",
  record: "readers of the record",
  followers: "by policy: all who follow",
  area: "by policy: the area",
  addressees: "by policy: readers of the record",
  listed: "by policy: listed there",
  nobody: "by policy: nobody",
};

/**
 * Who will read which section and why, and who of the record's readers will not: a line for all parts of which the same is so.
 *
 *     Traceability: gacc.gov.cn (named); not baua.de
 */
export function readersLines({ parts, area }: PublishPreview, language: string): string[] {
  const all = parts[0]?.readers ?? [];
  const lines = parts.map((part) => {
    const others = all.filter((name) => !part.readers.includes(name) && !part.outside.includes(name));
    const abroad = part.grounds.map(
      ({ name, ground }) => `${name} outside ${area}, on ${ground}: ${codeLabel("transfer-ground", ground, language)}`,
    );
    // What belongs to the record goes where the record does.
    const isOfRecord = part.part === 0 || part.by === "record";
    const by = isOfRecord ? (parts[0]?.by ?? part.by) : part.by;
    const section = codeLabel("section", part.section, language);
    const what =
      part.section === "product" && !isOfRecord
        ? `${section} (${codeLabel("part-kind", part.kind, language)})`
        : section;
    return [
      `${what}: ${part.readers.join(", ") || "nobody but us"} (${BY[by]})`,
      ...abroad,
      ...(part.outside.length === 0 ? [] : [`not ${part.outside.join(", ")}, outside ${area}`]),
      ...(others.length === 0 ? [] : [`not ${others.join(", ")}`]),
    ].join("; ");
  });
  return [...new Set(lines)];
}

const READS: Readonly<Record<DeliverySection["reads"], string>> = {
  yes: "reads",
  no: "does not read",
  unknown: "is not known to read",
};

/** Whether an authority may read each part of what was published, and why. */
export function sectionLines(sections: readonly DeliverySection[], language: string): string[] {
  return sections.map(({ part, kind, section, reads, by, grant, grounds }) => {
    const what = part === 0 ? "the record" : codeLabel("part-kind", kind, language);
    const why = grant === null ? (by === null ? null : `its readers: ${BY[by]}`) : `by the grant ${grant}`;
    return [
      `${READS[reads]} part ${part}, ${what}${section === null ? "" : ` (${codeLabel("section", section, language)})`}`,
      ...(why === null ? [] : [why]),
      ...groundTexts(grounds, language),
    ].join("; ");
  });
}

/** On which a part may be read outside its owner's area. */
export function groundTexts(grounds: readonly string[], language: string): readonly string[] {
  return grounds.map(
    (ground) => `may be read outside its owner's area, on ${ground}: ${codeLabel("transfer-ground", ground, language)}`,
  );
}
