import { code, date, label, list, map, reference, texts } from "./fields.ts";
import { caseNumber } from "./case-number.ts";

/** What every act in a case begins with. `case`: the alert with which the case began, as position in `refs`. */
export const actFields = {
  case: reference,
  cases: list(caseNumber).exactOptional(),
  date: date.exactOptional(),
  text: texts.exactOptional(),
};

/** Whose names others may read stand here; the rest of the chain is a section of its own (`traceability.ts`). */
const operator = map({
  link: code("chain-link"),
  country: code("country").exactOptional(),
  name: label.exactOptional(),
});

/** How far the supply chain was followed. */
export const tracing = map({
  status: code("traceability-status"),
  /** Why not, or not further. */
  reason: code("not-traced-reason").exactOptional(),
  chain: list(operator).exactOptional(),
  text: texts.exactOptional(),
});
