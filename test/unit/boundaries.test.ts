import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Who may import what. Every module is planted in each of the four forms of an import. */
const ARROWS: readonly { file: string; allowed: readonly string[]; forbidden: readonly string[] }[] = [
  {
    file: "protocol/record/planted.ts",
    allowed: ["./alert.ts", "../leaf.ts", "zod", "@noble/hashes/sha2.js", "@scure/base"],
    forbidden: [
      "../../keys/a.ts",
      "../../node/a.ts",
      "../../cli/a.ts",
      "../../test/data.ts",
      "node:crypto",
      "node:fs/promises",
      "fs",
      "level",
      "libp2p",
      "@libp2p/tcp",
      "@chainsafe/libp2p-noise",
      "age-encryption",
      "pino",
      "fastify",
    ],
  },
  {
    file: "keys/planted.ts",
    allowed: [
      "./signer.ts",
      "../protocol/a.ts",
      "../protocol/record/alert.ts",
      "@noble/ed25519",
      "age-encryption",
      "node:crypto",
    ],
    forbidden: [
      "../node/a.ts",
      "../cli/a.ts",
      "../bench/a.ts",
      "node:fs",
      "node:fs/promises",
      "node:sqlite",
      "level",
      "libp2p",
    ],
  },
  {
    file: "keys/key-files.ts",
    allowed: ["./signer.ts", "../protocol/a.ts", "node:crypto", "node:fs", "node:fs/promises", "node:path"],
    forbidden: ["../node/a.ts", "../cli/a.ts", "node:net", "level", "libp2p"],
  },
  {
    file: "node/planted.ts",
    allowed: ["./network.ts", "./level-disk.ts", "../keys/a.ts", "../protocol/a.ts", "node:fs/promises", "zod"],
    forbidden: [
      "../cli/a.ts",
      "../test/data.ts",
      "./network/a.ts",
      "libp2p",
      "@libp2p/interface",
      "@chainsafe/libp2p-yamux",
      "@multiformats/multiaddr",
      "level",
      "classic-level",
      "node:sqlite",
      "fastify",
      "pino",
      "prom-client",
      "file-type",
      "node:module",
    ],
  },
  {
    file: "node/api/planted.ts",
    allowed: ["fastify", "../log.ts", "../../protocol/a.ts", "node:net"],
    forbidden: ["../../cli/a.ts", "../network/a.ts", "libp2p", "level", "node:sqlite", "pino"],
  },
  {
    file: "node/network.ts",
    allowed: [
      "./network/a.ts",
      "libp2p",
      "@libp2p/tcp",
      "@chainsafe/libp2p-noise",
      "@multiformats/multiaddr",
      "../protocol/a.ts",
    ],
    forbidden: ["../cli/a.ts", "level", "node:sqlite", "fastify", "pino"],
  },
  {
    file: "node/level-disk.ts",
    allowed: ["level", "./disk.ts", "../protocol/a.ts"],
    forbidden: ["../cli/a.ts", "libp2p", "node:sqlite", "fastify"],
  },
  {
    file: "node/search/database.ts",
    allowed: ["node:sqlite", "./search-error.ts"],
    forbidden: ["../../cli/a.ts", "level", "libp2p"],
  },
  {
    file: "node/search/planted.ts",
    allowed: ["./database.ts", "../core.ts"],
    forbidden: ["../../cli/a.ts", "node:sqlite", "level", "libp2p", "../network/a.ts"],
  },
  {
    file: "node/metrics.ts",
    allowed: ["prom-client", "./service.ts"],
    forbidden: ["../cli/a.ts", "level", "libp2p", "pino"],
  },
  { file: "node/sniffed-type.ts", allowed: ["file-type"], forbidden: ["../cli/a.ts", "level", "libp2p"] },
  { file: "node/logger.ts", allowed: ["pino"], forbidden: ["../cli/a.ts", "level", "libp2p"] },
  {
    file: "cli/planted.ts",
    allowed: [
      "./a.ts",
      "../protocol/a.ts",
      "../keys/a.ts",
      "../node/node.ts",
      "../node/service.ts",
      "../node/case-types.ts",
      "../node/logger.ts",
      "node:util",
    ],
    forbidden: [
      "../node/log.ts",
      "../node/api/a.ts",
      "../node/network.ts",
      "../test/data.ts",
      "libp2p",
      "level",
      "node:sqlite",
      "fastify",
      "pino",
    ],
  },
  {
    file: "cli/command/planted.ts",
    allowed: ["../../node/node.ts", "../a.ts"],
    forbidden: ["../../node/log.ts", "../../scripts/a.ts"],
  },
  {
    file: "test/planted.ts",
    allowed: ["../node/log.ts", "../cli/a.ts", "libp2p", "@libp2p/memory", "level"],
    forbidden: [],
  },
];

/** Ways round the lists above, and what protocol/ may not reach without any import. */
const EVASIONS = {
  "protocol/evasions.ts": [
    'export type Hidden = import("../keys/a.ts").Hidden;',
    'void import("../" + "keys/a.ts");',
    'require("node:fs");',
    'export * from "./../keys/a.ts";',
    'export * from "../protocol/../keys/a.ts";',
    "export const now = Date.now();",
    "export const chance = Math.random();",
    "export const id = process.pid;",
    "export const bytes = Buffer.alloc(1);",
    "setTimeout(() => {}, 1);",
    'void fetch("http://localhost");',
    "crypto.getRandomValues(new Uint8Array(1));",
    "export const clock = performance.now();",
    'export const hidden = globalThis["process"];',
  ],
  "keys/evasions.ts": ['export type Hidden = import("../node/a.ts").Hidden;', 'export * from "../keys/../node/a.ts";'],
  "node/cycle-a.ts": ['export { b } from "./cycle-b.ts";'],
  "node/cycle-b.ts": ['export { a as b } from "./cycle-a.ts";'],
};

describe("the arrows cli -> node -> keys -> protocol", () => {
  const directory = mkdtempSync(join(tmpdir(), "entente-boundaries-"));
  afterAll(() => rmSync(directory, { recursive: true }));
  cpSync(join(ROOT, ".oxlintrc.json"), join(directory, ".oxlintrc.json"));
  for (const { file, allowed, forbidden } of ARROWS)
    plant(directory, file, [...allowed, ...forbidden].flatMap(imports));
  for (const [file, lines] of Object.entries(EVASIONS)) plant(directory, file, lines);
  const findings = lint(directory);

  it.each(ARROWS)("$file", ({ file, allowed, forbidden }) => {
    const lines = [...allowed, ...forbidden].flatMap(imports);
    const reported = lines.filter((_, i) => findings.has(`${file}:${i + 1}`));
    expect(reported).toEqual(lines.slice(allowed.length * FORMS));
  });

  it.each(Object.entries(EVASIONS))("cannot be gone round: %s", (file, lines) => {
    expect(lines.filter((_, i) => findings.has(`${file}:${i + 1}`))).toEqual(lines);
  });
});

/** The four forms of an import: value, type, re-export, dynamic. */
function imports(module: string, n: number): string[] {
  return [
    `import { value${n} } from "${module}";`,
    `import type { Type${n} } from "${module}";`,
    `export { other${n} } from "${module}";`,
    `void import("${module}");`,
  ];
}
const FORMS = 4;

function plant(directory: string, file: string, lines: readonly string[]): void {
  mkdirSync(dirname(join(directory, file)), { recursive: true });
  writeFileSync(join(directory, file), lines.join("\n"));
}

const Report = z.object({
  diagnostics: z.array(
    z.object({
      code: z.string(),
      severity: z.string(),
      filename: z.string(),
      labels: z.array(z.object({ span: z.object({ line: z.number() }) })),
    }),
  ),
});

/** The places (`protocol/planted.ts:3`) that break a rule about boundaries, from one run of oxlint over everything. */
function lint(directory: string): Set<string> {
  const oxlint = join(ROOT, "node_modules/oxlint/bin/oxlint");
  const run = spawnSync(process.execPath, [oxlint, "--format=json"], {
    cwd: directory,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  const { diagnostics } = Report.parse(JSON.parse(run.stdout));
  const aboutBoundaries = /no-restricted|no-cycle|no-dynamic-require|no-require-imports|consistent-type-imports/;
  return new Set(
    diagnostics
      .filter(({ code, severity }) => severity === "error" && aboutBoundaries.test(code))
      .flatMap(({ filename, labels }) => labels.map(({ span }) => `${filename}:${span.line}`)),
  );
}
