import { FormatError } from "../format-error.ts";

/** Refuses a record. `path` says where (`body.product.barcodes[2]`, empty for the whole), `reason` is a phrase. */
export function recordMalformed(path: string, reason: string): never {
  throw new FormatError("RECORD_MALFORMED", path === "" ? reason : `${path}: ${reason}`, { path, reason });
}

/** `["product", "barcodes", 2]` under `body` as `body.product.barcodes[2]`. */
export function formatPath(start: string, steps: readonly PropertyKey[]): string {
  return steps.reduce<string>(
    (path, step) => (typeof step === "number" ? `${path}[${step}]` : `${path}.${String(step)}`),
    start,
  );
}
