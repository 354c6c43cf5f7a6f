import type { Published } from "../../node/service.ts";

/** What became of something that was published. */
export function publishedText({ state, entry }: Published): string {
  switch (state) {
    case "appended":
      return `entry ${entry}`;
    case "already":
      return `entry ${entry} already`;
    case "queued":
      return "not yet: it is kept safely, and becomes an entry as soon as the node may sign; entente status says what that waits for";
  }
}
