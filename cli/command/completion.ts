import { bashScript } from "../completion/bash.ts";
import { grammarOf } from "../completion/grammar.ts";
import { zshScript } from "../completion/zsh.ts";
import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";

const SCRIPTS = new Map([
  ["bash", bashScript],
  ["zsh", zshScript],
]);

export const completion = defineCommand({
  name: "completion",
  usage: "bash|zsh",
  arguments: [1, 1],
  summary: "print a script with which a shell completes commands, options and files",
  description: [
    "For bash, add to ~/.bashrc: source <(entente completion bash). For zsh, add to ~/.zshrc, after compinit: source <(entente completion zsh). Make it again after an upgrade where it is kept in a file.",
  ],
  options: {},
  examples: ["entente completion bash", "entente completion zsh > ~/.zsh/functions/_entente"],
  async run({ commands, print }, [shell = ""]) {
    const script = SCRIPTS.get(shell)?.(grammarOf(commands));
    if (script === undefined)
      throw new CliError(
        "USAGE",
        `there is no completion for "${shell}", only for bash and zsh`,
        "entente help completion",
      );
    if (print.isJson) print.result("entente/completion/1", { shell, script }, () => []);
    else print.raw(script);
  },
});
