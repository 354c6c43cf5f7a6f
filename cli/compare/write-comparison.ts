import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileError } from "../fs-error.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { ReadComparison } from "./gather.ts";
import { comparisonPage } from "./page.ts";
import { scaleOf } from "./scale.ts";
import { svgPlot } from "./svg.ts";

/** `comparison.json`, `index.html` and a plot of each analyte into a new directory: the same comparison is the same bytes. */
export async function writeComparison(
  directory: string,
  schema: string,
  comparison: ReadComparison,
  entries: readonly string[],
): Promise<void> {
  const files = [
    ["comparison.json", canonicalJson({ schema, ...comparison })] as const,
    ["index.html", comparisonPage(comparison, entries)] as const,
    ...comparison.analytes.flatMap((one, at) => {
      const scale = scaleOf(one);
      return scale === undefined
        ? []
        : [[`${at + 1}-${fileName(one.analyte)}.svg`, svgPlot(one, scale, "plot")] as const];
    }),
  ];
  await mkdir(directory).catch(fileError(directory));
  for (const [name, content] of files)
    await writeFile(join(directory, name), content, { flag: "wx" }).catch(fileError(join(directory, name)));
}

function fileName(analyte: string): string {
  const name = analyte.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return name.replaceAll(/^-|-$/g, "").slice(0, 40) || "analyte";
}
