import { defineCommand } from "../command.ts";
import { formatTime, table } from "../text.ts";

export const holdList = defineCommand({
  name: "hold list",
  usage: "",
  arguments: [0, 0],
  summary: "entries under legal hold",
  description: [],
  options: {},
  examples: ["entente hold list"],
  async run({ connect, print }) {
    const held = await (await connect()).holds();
    print.list("entente/hold/1", held, () =>
      held.length === 0
        ? ["nothing is under legal hold"]
        : table(
            ["entry", "since", "by", "kept", "reason"],
            held.map(({ entry, since, by, kept, reason }) => [
              entry,
              formatTime(since),
              by,
              kept.length === 0 ? "-" : `part ${kept.join(", ")}`,
              reason,
            ]),
          ),
    );
  },
});
