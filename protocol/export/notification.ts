import type { AlertBody } from "../record/alert.ts";
import { codeLabel } from "../record/codes/label.ts";
import type { CodeTable } from "../record/codes/tables.ts";
import type { Texts } from "../record/fields.ts";
import { toJsonValue } from "../record/json.ts";
import { completenessOf } from "./completeness.ts";

/** An alert as it stands in a log, and what is known of its parts. */
export type ExportedAlert = {
  /** As `nvwa.nl:12`. */
  readonly entry: string;
  /** In hex. */
  readonly leafHash: string;
  readonly version: number;
  /** Entries by name. */
  readonly refs: readonly string[];
  readonly body: AlertBody;
  /** Of the other parts, in their order; name and type where they are known. */
  readonly parts: readonly {
    readonly kind: string;
    readonly name: string | null;
    readonly type: string | null;
    readonly digest: string;
  }[];
  /** The traceability section as it stands, where it is to be written too. */
  readonly section?: unknown;
};

/** A JSON object, of which absent keys are left out. */
export type Notification = { readonly [key: string]: unknown };

export const NOTIFICATION_FORMAT = "entente/notification/1";

/** A complete Safety Gate notification in JSON: docs/spec/notification.md. */
export function notificationOf(alert: ExportedAlert): Notification {
  const { body, entry, leafHash, version, refs, parts } = alert;
  const { recall, traceability } = body;
  return pruned({
    format: NOTIFICATION_FORMAT,
    reference: body.cases?.[0]?.number ?? entry,
    notificationType: coded("notification-type", body.notification),
    country: coded("country", body.notifyingCountry),
    publicationDate: body.published,
    creationDate: body.begun,
    contact: body.contact,
    caseNumbers: body.cases,
    product: product(alert),
    rules: body.rules,
    risk: risk(body),
    tests: body.tests,
    accidents: body.accidents,
    measureTaken: pruned({
      measures: body.measures?.map(measure),
      companyRecalls: recall === undefined ? undefined : { pages: recall.pages, codes: recall.codes },
    }),
    foundIn: codes("country", body.foundIn),
    destinations: codes("country", body.destinations),
    traceability: pruned({
      countryOrigin: coded("country", body.product.countryOfOrigin),
      status: coded("traceability-status", traceability?.status),
      reason: coded("not-traced-reason", traceability?.reason),
      chain: traceability?.chain?.map(({ link, country, name }) =>
        pruned({ link: coded("chain-link", link), country: coded("country", country), name }),
      ),
      text: traceability?.text,
      section: alert.section,
    }),
    offers: body.offers,
    url: body.url,
    businessReport: body.businessReport,
    coordinatedAction: body.coordinatedAction,
    isFromComplaint: body.isFromComplaint,
    confidentiality: body.confidentiality,
    completeness: completeness(body, parts),
    entente: { entry, leafHash, record: { type: "alert", version, refs, body: toJsonValue(body) } },
  });
}

function product({ body, parts }: ExportedAlert): Notification {
  const { product: item } = body;
  return pruned({
    nameSpecific: item.name,
    user: coded("product-user", item.user),
    productCategory: coded("product-category", item.category),
    portalCategory:
      item.portalCategory === undefined ? undefined : `${item.portalCategory.code} - ${item.portalCategory.name}`,
    brands: item.brands,
    modelTypes: item.models,
    barcodes: item.barcodes,
    batchNumbers: item.batches,
    serialNumbers: item.serialNumbers,
    customsCodes: item.customsCodes,
    otherIdentifiers: item.identifiers,
    identifierPlaces: codes("identifier-place", item.identifierPlaces),
    quantity: item.quantity,
    counterfeit: coded("counterfeit", item.counterfeit),
    versions: versions({
      name: item.kind,
      description: item.description,
      packageDescription: item.packaging,
      productionDates: item.productionDates,
    }),
    photos: parts
      .filter(({ kind }) => kind === "picture")
      .map(({ name, type, digest }) => pruned({ name: name ?? undefined, type: type ?? undefined, sha256: digest })),
  });
}

function risk({ risk: said }: AlertBody): Notification {
  return pruned({
    level: coded("risk-level", said.level),
    riskType: codes("risk-type", said.types),
    versions: versions({ riskDescription: said.description, legalProvision: said.legalProvision }),
    assessment: said.assessment,
  });
}

function measure(taken: NonNullable<AlertBody["measures"]>[number]): Notification {
  return pruned({
    measureCategory: coded("measure-category", taken.category),
    obligation: coded("obligation", taken.obligation),
    measureVoluntaryEconomicOperator: taken.obligation === "voluntary",
    operator: coded("chain-link", taken.operator),
    scope: coded("scope", taken.scope),
    duration: coded("duration", taken.duration),
    entryIntoForce: taken.entryIntoForce,
    until: taken.until,
    recallUrl: taken.recallPage,
    text: taken.text,
  });
}

function completeness(body: AlertBody, parts: ExportedAlert["parts"]): Notification {
  const { isComplete, missing } = completenessOf(
    body,
    parts.map(({ kind }) => kind),
  );
  return {
    isComplete,
    missing: missing.map(({ item, requirement, reason, text }) =>
      pruned({
        item,
        name: codeLabel("notification-item", item, "en"),
        requirement,
        reason: coded("missing-reason", reason) ?? null,
        text,
      }),
    ),
  };
}

/** Texts by language instead of by field. */
function versions(fields: Readonly<Record<string, Texts | undefined>>): readonly Notification[] | undefined {
  const languages = new Set(Object.values(fields).flatMap((texts) => Object.keys(texts ?? {})));
  if (languages.size === 0) return undefined;
  return [...languages].toSorted().map((language) =>
    pruned({
      language,
      ...Object.fromEntries(Object.entries(fields).map(([field, texts]) => [field, texts?.[language]])),
    }),
  );
}

function coded(table: CodeTable, code: string | undefined): Notification | undefined {
  return code === undefined ? undefined : { code, name: codeLabel(table, code, "en") };
}

function codes(table: CodeTable, list: readonly string[] | undefined): readonly unknown[] | undefined {
  return list?.map((code) => coded(table, code));
}

function pruned(fields: Readonly<Record<string, unknown>>): Notification {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
