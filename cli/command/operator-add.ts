import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { defineCommand } from "../command.ts";
import { fileError } from "../fs-error.ts";
import { tokenPath } from "../token.ts";

export const operatorAdd = defineCommand({
  name: "operator add",
  usage: "NAME",
  arguments: [1, 1],
  summary: "make a token for one more person who operates this node",
  description: [
    "A token proves who acts, and stands beside everything that person decides. It is written to a file which only its owner can read, and is shown nowhere; give it to nobody else.",
  ],
  options: {
    out: {
      type: "string",
      value: "FILE",
      help: "where to write the token, operators/NAME.token in the node's directory when left out",
    },
  },
  examples: ["entente operator add ines", "entente operator add ines --out /home/ines/.config/entente.token"],
  async run({ connect, print, dataDir }, [name = ""], { out }) {
    const { token } = await (await connect()).addOperator(name);
    const tokenFile = out ?? tokenPath(dataDir, name);
    await mkdir(dirname(tokenFile), { recursive: true, mode: 0o700 });
    await writeFile(tokenFile, `${token}\n`, { flag: "wx", mode: 0o600 }).catch(fileError(tokenFile));
    print.result("entente/operator/1", { name, tokenFile }, () => [
      `${name} may operate this node with the token in ${tokenFile}`,
    ]);
  },
});
