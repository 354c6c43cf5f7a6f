import { codeLabel } from "./codes/label.ts";
import type { CodeTable } from "./codes/tables.ts";
import type { Texts } from "./fields.ts";
import { chooseLanguage } from "./language.ts";

/** A piece of a summary: a name or number as it stands, a text in several languages, or a code. */
export type SummaryItem =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "texts"; readonly texts: Texts }
  | { readonly kind: "code"; readonly table: CodeTable; readonly code: string };

/** What a list shows of a record, in order, most telling first. */
export type Summary = readonly SummaryItem[];

/** The pieces that are there. */
export function summarize(...items: readonly (SummaryItem | undefined)[]): Summary {
  return items.filter((item) => item !== undefined);
}

export function nameItem(name: string | undefined): SummaryItem | undefined {
  return name === undefined ? undefined : { kind: "name", name };
}

export function textsItem(value: Texts | undefined): SummaryItem | undefined {
  return value === undefined ? undefined : { kind: "texts", texts: value };
}

export function codeItem(table: CodeTable, code: string | undefined): SummaryItem | undefined {
  return code === undefined ? undefined : { kind: "code", table, code };
}

/** The line in that of `languages` that each piece has (`chooseLanguage`): `Soft toy · Rattlesome · Choking · Serious risk`. */
export function formatSummary(summary: Summary, languages: readonly string[]): string {
  return summary.map((item) => formatItem(item, languages)).join(" · ");
}

function formatItem(item: SummaryItem, languages: readonly string[]): string {
  switch (item.kind) {
    case "name":
      return item.name;
    case "texts":
      return chooseText(item.texts, languages);
    case "code":
      return codeLabel(item.table, item.code, languages[0] ?? "en");
  }
}

function chooseText(value: Texts, languages: readonly string[]): string {
  const found = chooseLanguage(Object.keys(value), languages);
  return found === undefined ? "" : (value[found] ?? "");
}
