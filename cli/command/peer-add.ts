import type { PeerPreview } from "../../node/service.ts";
import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { MAX_CHAIN_FILE } from "../limits.ts";
import { confirmFingerprint } from "../confirm-fingerprint.ts";
import { readTextFile } from "../read-file.ts";
import { mutualTrust } from "../show/peer.ts";
import { publishedText } from "../show/published.ts";
import { waitForAnswer } from "../wait-for-answer.ts";

export const peerAdd = defineCommand({
  name: "peer add",
  usage: "FILE|-",
  arguments: [1, 1],
  summary: "trust another authority, from the file that its charter export wrote",
  description: [
    "The file may come by any way: what makes it safe is that you call the authority at a number which you did not find in it, and that they read you their fingerprint (entente charter show). The last two groups are not shown here: type them as you hear them, and compare the others.",
    "The authority follows this one's log from then on and, where it has added this one too, the other way round. In a script, give the whole fingerprint, which reached you by another way than the file.",
  ],
  options: {
    fingerprint: {
      type: "string",
      value: "DIGITS",
      help: "the whole fingerprint as the authority read it, instead of being asked",
    },
    address: {
      type: "string",
      multiple: true,
      value: "ADDRESS",
      help: "where it is reached, instead of what the file says",
    },
  },
  examples: [
    "entente peer add baua.txt",
    'entente peer add - --fingerprint "01482 33061 98520 77413 50926 11874 60035 92718" < baua.txt',
  ],
  async run({ world, connect, print }, [file = ""], options) {
    const chainFile = await readTextFile(world, file, MAX_CHAIN_FILE);
    const client = await connect();
    const preview = await client.previewPeer(chainFile);
    assertAddable(preview);
    if (preview.verdict === "known") {
      const peer = await client.peer(preview.id);
      const { charter: _charter, chainFile: _chain, ...known } = peer;
      print.result("entente/peer-added/1", { state: "already", peer: known, followers: null }, () => [
        `${peer.name} is trusted already`,
        mutualTrust(peer),
      ]);
      return;
    }
    await confirmFingerprint(world, preview, options.fingerprint);
    const addresses = options.address.length === 0 ? preview.addresses : options.address;
    const { peer, followers } = await client.addPeer(chainFile, addresses);
    const now = await waitForAnswer(client, peer);
    print.result("entente/peer-added/1", { state: "added", peer: now, followers }, () => [
      `${now.name} is trusted and may follow this log; the new list of followers is ${publishedText(followers)}`,
      mutualTrust(now),
    ]);
  },
});

function assertAddable({ verdict, name, fingerprint }: PeerPreview): void {
  if (verdict === "self")
    throw new CliError(
      "REFUSED",
      `this is the charter of ${name}, the authority of this node itself`,
      "the other authority adds it",
    );
  if (verdict === "name-taken") {
    const message = `another authority is trusted under the name ${name}, and this file has the fingerprint ${fingerprint}`;
    throw new CliError(
      "REFUSED",
      message,
      `call ${name}: if it began anew, entente peer remove ${name} comes first; if not, somebody is impersonating it`,
    );
  }
}
