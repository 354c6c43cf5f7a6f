import { COUNTRIES_EN } from "../record/codes/country-en.ts";
import { LABELS_EN } from "../record/codes/labels-en.ts";
import type { CodeTable } from "../record/codes/tables.ts";

/**
 * The code for a word of another system, `undefined` where there is none. Our English labels of risks, measures and
 * categories are the words of the Safety Gate portal; what it and others write otherwise stands in `OTHER_WORDS`.
 */
export function codeOfWord(table: CodeTable, word: string): string | undefined {
  const key = fold(word);
  return OTHER_WORDS[table]?.get(key) ?? WORDS.get(table)?.get(key);
}

/** Letter case and spaces do not matter, nor does an article before a country ("The Netherlands"). */
function fold(word: string): string {
  return word.trim().replaceAll(/\s+/g, " ").replaceAll("’", "'").toLowerCase().replace(/^the /, "");
}

function wordsOf(labels: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(labels).map(([code, label]) => [fold(label), code]));
}

function words(pairs: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(pairs).map(([word, code]) => [fold(word), code]));
}

const WORDS: ReadonlyMap<CodeTable, ReadonlyMap<string, string>> = new Map<CodeTable, ReadonlyMap<string, string>>([
  ["chain-link", wordsOf(LABELS_EN["chain-link"])],
  ["counterfeit", wordsOf(LABELS_EN["counterfeit"])],
  ["country", wordsOf(COUNTRIES_EN)],
  ["measure-category", wordsOf(LABELS_EN["measure-category"])],
  ["notification-type", wordsOf(LABELS_EN["notification-type"])],
  ["product-category", wordsOf(LABELS_EN["product-category"])],
  ["product-user", wordsOf(LABELS_EN["product-user"])],
  ["risk-type", wordsOf(LABELS_EN["risk-type"])],
]);

const OTHER_WORDS: Partial<Readonly<Record<CodeTable, ReadonlyMap<string, string>>>> = {
  "notification-type": words({
    "Products with serious risks": "serious-risk",
    "Products with other risk levels": "other-risk",
    "Other types of alerts": "information",
    "Other risk level": "other-risk",
    "Other risk levels": "other-risk",
  }),
  "measure-category": words({
    "Withdrawal of the product from market": "withdrawal",
    "Ban on the marketing of the product": "ban-on-marketing",
    "Temporary ban on the supply": "temporary-ban",
    "Seizure of goods": "seizure",
    "Import rejected": "import-rejected",
  }),
  "product-category": words({
    "Electrical appliances": "electrical-appliances",
    "Food imitating products": "food-imitating-products",
    "Food-imitating product": "food-imitating-products",
    "Gas appliances": "gas-appliances",
    "Pressure equipment": "pressure-equipment",
    "Personal protective equipment": "protective-equipment",
    "Recreational craft": "recreational-craft",
  }),
  "risk-type": words({
    Burn: "burns",
    Electrocution: "electric-shock",
    Fall: "injuries",
    Laceration: "cuts",
    Poisoning: "chemical",
    Shock: "electric-shock",
  }),
  country: words({
    "People's Republic of China": "CN",
    "Brunei Darussalam": "BN",
    "Czech Republic": "CZ",
    "Cabo Verde": "CV",
    "Cote d'Ivoire": "CI",
    "Côte d'Ivoire": "CI",
    "Democratic People's Republic of Korea": "KP",
    "Democratic Republic of the Congo": "CD",
    "European Commission": "EU",
    "Former Yugoslav Republic of Macedonia": "MK",
    Macedonia: "MK",
    "Great Britain": "GB",
    "Holy See": "VA",
    "Islamic Republic of Iran": "IR",
    Korea: "KR",
    "Republic of Korea": "KR",
    "Lao People's Democratic Republic": "LA",
    Macau: "MO",
    "Myanmar/Burma": "MM",
    Palestine: "PS",
    "Republic of Moldova": "MD",
    "Republic of the Congo": "CG",
    "Russian Federation": "RU",
    "Slovak Republic": "SK",
    Swaziland: "SZ",
    "Syrian Arab Republic": "SY",
    "Tanzania, United Republic of": "TZ",
    "United Republic of Tanzania": "TZ",
    Turkey: "TR",
    "United Kingdom (Northern Ireland)": "GB",
    "United Kingdom (in respect of Northern Ireland)": "GB",
    "United States of America": "US",
    "Viet Nam": "VN",
  }),
};
