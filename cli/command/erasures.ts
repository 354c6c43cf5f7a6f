import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { erasureLines } from "../show/erasure.ts";

export const erasures = defineCommand({
  name: "erasures",
  usage: "",
  arguments: [0, 0],
  summary: "what was erased, by whom, and who has answered",
  description: [
    "Own erasures with everybody who was addressed: deleted, refused with the reason, or silent. Those of others with what became of them here. Exit code 1 while somebody has not deleted what this authority erased.",
  ],
  options: { open: { type: "boolean", help: "only own ones that somebody has not deleted yet" } },
  examples: ["entente erasures", "entente erasures --open"],
  async run({ connect, print }, _args, { open }) {
    const all = await (await connect()).erasures();
    const isOpen = (erasure: (typeof all)[number]): boolean => erasure.answers.some(({ state }) => state !== "deleted");
    const shown = open ? all.filter(isOpen) : all;
    print.list("entente/erasure/1", shown, () =>
      shown.length === 0
        ? [open ? "everybody has deleted what this authority erased" : "nothing was erased"]
        : shown.flatMap(erasureLines),
    );
    return all.some(isOpen) ? EXIT.refused : EXIT.done;
  },
});
