import type { AlertBody } from "../record/alert.ts";
import { NOTIFICATION_ITEMS } from "../record/codes/notification.ts";
import type { Code } from "../record/codes/tables.ts";
import type { Texts } from "../record/fields.ts";

/** Delegated Regulation (EU) 2024/3173, Annex I, 2.2: in every notification; "including when available"; where it applies. */
export type Requirement = "mandatory" | "when-available" | "where-relevant";

export type NotificationItem = Code<"notification-item">;

/** An item of a complete notification that an alert does not have. */
export type MissingItem = {
  readonly item: NotificationItem;
  readonly requirement: Requirement;
  /** A code of `missing-reason`, if the alert gives one. */
  readonly reason: string | undefined;
  readonly text: Texts | undefined;
};

export type CompletenessReport = { readonly isComplete: boolean; readonly missing: readonly MissingItem[] };

type Rule = {
  readonly requirement: Requirement;
  readonly isStated: (body: AlertBody, partKinds: readonly string[]) => boolean;
};

const has = (value: unknown): boolean => value !== undefined;

type Measure = NonNullable<AlertBody["measures"]>[number];

/** Whether every measure says it; without any there is nothing to say. */
const everyMeasure =
  (key: keyof Measure) =>
  ({ measures }: AlertBody): boolean =>
    measures !== undefined && measures.every((measure) => measure[key] !== undefined);

/** Who acts at a link of the chain stands in the alert by name, or in the confidential section. */
const link =
  (...links: readonly string[]) =>
  ({ traceability }: AlertBody, partKinds: readonly string[]): boolean =>
    partKinds.includes("traceability") ||
    (traceability?.chain ?? []).some((one) => links.includes(one.link) && one.name !== undefined);

const RULES: { readonly [Item in NotificationItem]: Rule } = {
  contact: mandatory(({ contact }) => has(contact)),
  picture: mandatory((_body, partKinds) => partKinds.includes("picture")),
  "applicable-rules": mandatory(({ rules }) => has(rules?.laws) || has(rules?.standards)),
  "risk-description": mandatory(({ risk }) => has(risk.description)),
  "risk-type": mandatory(({ risk }) => has(risk.types)),
  "risk-level": mandatory(({ risk }) => has(risk.level)),
  "risk-assessment": mandatory(({ risk }) => has(risk.assessment)),
  measures: mandatory(({ measures }) => has(measures)),
  "measure-scope": mandatory(everyMeasure("scope")),
  "product-user": whenAvailable(({ product }) => has(product.user)),
  "product-category": whenAvailable(({ product }) => has(product.category)),
  "portal-category": whenAvailable(({ product }) => has(product.portalCategory)),
  name: whenAvailable(({ product }) => has(product.name)),
  brand: whenAvailable(({ product }) => has(product.brands)),
  model: whenAvailable(({ product }) => has(product.models)),
  barcode: whenAvailable(({ product }) => has(product.barcodes)),
  batch: whenAvailable(({ product }) => has(product.batches) || has(product.serialNumbers)),
  "customs-code": whenAvailable(({ product }) => has(product.customsCodes)),
  description: whenAvailable(({ product }) => has(product.description)),
  packaging: whenAvailable(({ product }) => has(product.packaging)),
  quantity: whenAvailable(({ product }) => has(product.quantity)),
  counterfeit: whenAvailable(({ product }) => has(product.counterfeit)),
  "country-of-origin": whenAvailable(({ product }) => has(product.countryOfOrigin)),
  "measure-date": whenAvailable(everyMeasure("entryIntoForce")),
  "measure-duration": whenAvailable(everyMeasure("duration")),
  "recall-page": whenAvailable(
    ({ recall, measures }) => has(recall?.pages) || (measures ?? []).some(({ recallPage }) => has(recallPage)),
  ),
  manufacturer: whenAvailable(link("manufacturer")),
  exporter: whenAvailable(link("exporter")),
  importer: whenAvailable(link("importer")),
  distributor: whenAvailable(link("distributor")),
  retailer: whenAvailable(link("retailer", "online-marketplace")),
  "responsible-person": whenAvailable(link("responsible-person", "authorised-representative")),
  destinations: whenAvailable(({ destinations }) => has(destinations)),
  "places-of-sale": whenAvailable(({ offers }, partKinds) => has(offers) || partKinds.includes("traceability")),
  "trade-documents": whenAvailable((_body, partKinds) => partKinds.includes("commercial")),
  "proof-of-conformity": whereRelevant(({ rules }) => has(rules?.proofOfConformity)),
  certificates: whereRelevant(({ rules }) => has(rules?.certificates)),
  "test-results": whereRelevant(({ tests }) => has(tests)),
  "test-reports": whereRelevant((_body, partKinds) => partKinds.includes("test-report")),
  accidents: whereRelevant(({ accidents }) => has(accidents)),
};

/**
 * What an alert lacks of a complete notification, mandatory items first. `partKinds`: of its other parts. An item that only
 * applies to some is listed where the alert itself names it as missing.
 */
export function completenessOf(body: AlertBody, partKinds: readonly string[]): CompletenessReport {
  const missing = ORDER.flatMap((requirement) =>
    NOTIFICATION_ITEMS.flatMap((item): readonly MissingItem[] => {
      const rule = RULES[item];
      if (rule.requirement !== requirement || rule.isStated(body, partKinds)) return [];
      const named = body.missing?.find((one) => one.item === item);
      if (named === undefined && requirement === "where-relevant") return [];
      return [{ item, requirement, reason: named?.reason, text: named?.text }];
    }),
  );
  const isComplete = missing.every(
    ({ requirement, reason }) =>
      requirement !== "mandatory" && (requirement === "where-relevant" || reason !== undefined),
  );
  return { isComplete, missing };
}

const ORDER: readonly Requirement[] = ["mandatory", "when-available", "where-relevant"];

function mandatory(isStated: Rule["isStated"]): Rule {
  return { requirement: "mandatory", isStated };
}

function whenAvailable(isStated: Rule["isStated"]): Rule {
  return { requirement: "when-available", isStated };
}

function whereRelevant(isStated: Rule["isStated"]): Rule {
  return { requirement: "where-relevant", isStated };
}
