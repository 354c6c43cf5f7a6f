import type { Vectors } from "./tools.ts";
import { ANSWERS, MALFORMED_ANSWERS } from "./wire-answers.ts";
import { MALFORMED_REQUESTS, REQUESTS, RESETS, UNSUPPORTED } from "./wire-requests.ts";

export function wireVectors(): Vectors {
  return {
    format: "wire",
    source:
      "ours; frames without their length prefix, byte strings in hex; none is near the limits of a frame. `what` is request or answer. The outcome of a valid request is read or unsupported, of an invalid one reset or malformed; an invalid answer always resets the stream.",
    valid: [...REQUESTS, ...ANSWERS, ...UNSUPPORTED],
    invalid: [...RESETS, ...MALFORMED_REQUESTS, ...MALFORMED_ANSWERS],
  };
}
