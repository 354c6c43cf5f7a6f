import type { CaseDetail } from "../../node/case-types.ts";
import type { CborMap } from "../../protocol/cbor.ts";
import { MAX_RECORD_REFERENCES } from "../../protocol/limits.ts";
import { CliError } from "../cli-error.ts";
import { type Command, defineCommand, type OptionSpecs, type OptionValues } from "../command.ts";
import { parseEntryText } from "../entry-text.ts";
import type { ExitCode } from "../exit-code.ts";
import type { LocalClient } from "../local-client.ts";
import { parseNames } from "../names.ts";
import { idLookup } from "./ids.ts";
import { prepareOutgoing } from "../outgoing.ts";
import { PART_OPTIONS, parseAttachment, parseSection } from "../part-option.ts";
import { publishOutgoing } from "../publish-outgoing.ts";
import type { World } from "../world.ts";

/** Options of every act in a case. */
const ACT_OPTIONS = {
  to: {
    type: "string",
    multiple: true,
    value: "NAME,NAME",
    help: "who may read it; without it, those who may read the alert",
  },
  text: { type: "string", value: "TEXT", help: "in your own words" },
  lang: { type: "string", value: "LANGUAGE", help: "of what you write: nl, zh-Hans; without it, en" },
  date: { type: "string", value: "YYYY-MM-DD", help: "of the act, where that is not today" },
  ...PART_OPTIONS,
  preview: { type: "boolean", help: "only show who would be able to read what" },
  draft: { type: "boolean", help: "only keep it, to be sent by entente draft publish" },
} as const satisfies OptionSpecs;

/** What an act is made of. */
export type ActInput<O extends OptionSpecs> = {
  readonly options: OptionValues<O>;
  /** The case, as this node knows it. */
  readonly found: CaseDetail;
  /** The entry that was named. */
  readonly entry: string;
  /** A text in the language that was chosen. */
  readonly texts: (text: string) => CborMap;
  /** Position in the record's references of another entry of the case. */
  readonly position: (entry: string) => number;
  readonly client: LocalClient;
  readonly world: World;
};

export type ActSpec<O extends OptionSpecs> = {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  readonly description: readonly string[];
  readonly options: O;
  readonly examples: readonly string[];
  /** Type of the record, and its body without what all acts have. */
  readonly build: (input: ActInput<O>) => Promise<readonly [string, CborMap]>;
};

/** A command that publishes an act: it refers to the case as this node knows it, and goes to those who may read the alert. */
export function defineAct<const O extends OptionSpecs>(spec: ActSpec<O>): Command {
  return defineCommand({
    ...spec,
    arguments: [1, 1],
    // What only this act asks for stands first in its help.
    options: { ...spec.options, ...ACT_OPTIONS },
    async run(context, [named = ""], options): Promise<ExitCode> {
      // Both kinds of options were parsed by these specs, which the compiler cannot follow through the union.
      const all = options as unknown as OptionValues<O> & OptionValues<typeof ACT_OPTIONS>;
      const entry = parseEntryText(named);
      const client = await context.connect();
      const found = await client.caseOf(entry);
      const refs = new References(found.case);
      const texts = (text: string): CborMap => ({ [all.lang ?? "en"]: text });
      const [type, own] = await spec.build({
        options: all,
        found,
        entry,
        texts,
        position: (other) => refs.position(other),
        client,
        world: context.world,
      });
      const body = {
        ...(type === "follow-up" && found.case === entry ? {} : { case: 0 }),
        ...own,
        ...(all.date === undefined ? {} : { date: all.date }),
        ...(all.text === undefined ? {} : { text: texts(all.text) }),
      };
      for (const { entry: head } of found.acts.filter((act) => act.head).toReversed()) refs.add(head);
      const outgoing = await prepareOutgoing({
        text: JSON.stringify({ type, refs: refs.list, body }),
        refs: [],
        idOf: idLookup(context),
        to: all.to.length > 0 ? parseNames(all.to, "--to") : await readersOf(client, found),
        parts: [...all.section.map(parseSection), ...all.attach.map(parseAttachment)],
        grounds: all["transfer-ground"],
      });
      return await publishOutgoing(context, outgoing, all);
    },
  });
}

/** What a record refers to, its case first. */
class References {
  readonly list: string[];

  constructor(root: string) {
    this.list = [root];
  }

  position(entry: string): number {
    this.add(entry);
    return this.list.indexOf(entry);
  }

  /** The heads of the case, as many as there is room for. */
  add(entry: string): void {
    if (!this.list.includes(entry) && this.list.length < MAX_RECORD_REFERENCES) this.list.push(entry);
  }
}

/** Those who may read the alert, its owner with them, this authority left out. */
async function readersOf(client: LocalClient, { readers, acts, case: root }: CaseDetail): Promise<readonly string[]> {
  if (readers === null)
    throw new CliError("USAGE", "who may read the alert is not known here", "say with --to who is to read this");
  const [{ name }, peers] = await Promise.all([client.status(), client.peers()]);
  const owner = acts.find(({ entry }) => entry === root)?.author;
  const trusted = new Set(peers.map((peer) => peer.name));
  const to = [...new Set([...readers, ...(owner === undefined ? [] : [owner])])].filter(
    (one) => one !== name && trusted.has(one),
  );
  if (to.length === 0)
    throw new CliError("USAGE", "nobody who may read the alert is trusted here", "say with --to who is to read this");
  return to;
}
