import { audience } from "./audience.ts";
import { charter } from "./charter.ts";
import { erase } from "./erase.ts";
import { followers } from "./followers.ts";
import { grant } from "./grant.ts";
import { record } from "./record.ts";

/** The kinds of leaf that we know. A new one is a file beside this and a line here. */
export const LEAF_KINDS = [charter, followers, audience, record, grant, erase] as const;
