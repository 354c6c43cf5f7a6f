import { code, label, map } from "./fields.ts";

/** How an authority is reached about a case: a function and its mailbox, never a person. */
export const authorityContact = map({
  name: label,
  desk: label.exactOptional(),
  country: code("country").exactOptional(),
  address: label.exactOptional(),
  email: label.exactOptional(),
  phone: label.exactOptional(),
});
