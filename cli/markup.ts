import { safeLine } from "./print-safe.ts";

// What pages and plots made by hand have in common: files that stand alone, without scripts and without anything from elsewhere.

/** Text in SVG and HTML. */
export function escapeMarkup(text: string): string {
  return text.replaceAll(
    /[&<>"']/g,
    (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[character] ?? "&#39;",
  );
}

/** Text of a peer there: on one line, without what XML has no place for, nor what turns the direction of writing. */
export function safeMarkup(text: string): string {
  return escapeMarkup(safeLine(text).replaceAll(/[\ufffe\uffff]/g, ""));
}

/** Of a page: readable in the light and in the dark. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--soft:#667;--line:#d5d9de}
@media(prefers-color-scheme:dark){:root{--ink:#e8eaed;--paper:#15181c;--soft:#9aa4ae;--line:#333a41}}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:760px;margin:0 auto;padding:2rem 1rem 4rem}
h1{font-size:1.7rem;margin:0}h2{font-size:1.1rem;margin:2.2rem 0 .4rem}p{color:var(--soft);margin:.3rem 0}
table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{padding:.35rem .5rem;border-bottom:1px solid var(--line);text-align:right}
th:first-child{text-align:left}thead th{color:var(--soft);font-weight:600}
`.replaceAll("\n", "");
