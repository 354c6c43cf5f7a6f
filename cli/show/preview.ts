import type { PublishPreview } from "../../node/service.ts";
import { formatBytes, orDash, table } from "../text.ts";
import { readersLines } from "./readers.ts";

/** Who would be able to read what, and why. */
export function previewLines(preview: PublishPreview, language: string): string[] {
  const { parts, seeOnlyThatItExists, warnings } = preview;
  const rows = parts.map(({ part, kind, name, size, readers }) => [
    String(part),
    kind,
    orDash(name),
    formatBytes(size),
    readers.join(", ") || "nobody but us",
  ]);
  const others = seeOnlyThatItExists.length === 0 ? "nobody" : seeOnlyThatItExists.join(", ");
  return [
    ...table(["part", "kind", "name", "size", "read by"], rows),
    "",
    ...readersLines(preview, language),
    "",
    `see that something was published, when, and about how large, and nothing else: ${others}`,
    ...warnings.map((warning) => `warning: ${warning}`),
    "nothing was published",
  ];
}
