import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CLI_ERROR_CODES } from "../../cli/cli-error.ts";
import { COMMANDS } from "../../cli/commands.ts";
import { GLOBAL_OPTIONS } from "../../cli/parse-arguments.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const CLI = readFileSync(join(ROOT, "docs/spec/cli.md"), "utf8");
const API = readFileSync(join(ROOT, "docs/spec/local-api.md"), "utf8");

function sources(folder: string): string {
  const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(join(ROOT, folder, name), "utf8"))
    .join("\n");
}

describe("docs/spec/cli.md", () => {
  it.each(COMMANDS.map((command) => [command.name, command] as const))(
    "has the command %s and its options",
    (name, { options }) => {
      expect(CLI).toMatch(new RegExp(`\\| \`${name}( |\`)`));
      for (const option of Object.keys(options)) expect(CLI).toContain(`\`--${option}`);
    },
  );

  it("has the options of every command, and every error code", () => {
    for (const option of Object.keys(GLOBAL_OPTIONS)) expect(CLI).toContain(`| \`--${option}`);
    for (const code of CLI_ERROR_CODES) expect(CLI + API).toContain(`\`${code}\``);
  });

  it("has every schema that is printed, and no other", () => {
    const printed = new Set(sources("cli").match(/entente\/[a-z-]+\/1\b/g));
    expect(new Set(CLI.match(/entente\/[a-z-]+\/1\b/g))).toEqual(printed);
  });
});

describe("docs/spec/local-api.md", () => {
  it("has every route, and no other", () => {
    const served = [...sources("node/api/route").matchAll(/api\.(get|post|put|delete)(?:<[^(]*>)?\(\s*"([^"]+)"/g)];
    const documented = [...API.matchAll(/^\| `(GET|POST|PUT|DELETE) ([^`?]+)/gm)];
    const routes = served.map(
      ([, method = "", path = ""]) => `${method.toUpperCase()} ${path.replaceAll(/:(\w+)/g, "{$1}")}`,
    );
    expect(documented.map(([, method, path]) => `${method} ${path}`).toSorted()).toEqual(routes.toSorted());
    expect(routes.length).toBeGreaterThan(20);
  });
});
