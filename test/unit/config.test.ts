import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../node/config.ts";
import { nearestWord } from "../../protocol/nearest-word.ts";
import { SETTING_OPTIONS } from "../../cli/setting-options.ts";

const OPERATIONS = readFileSync(join(import.meta.dirname, "..", "..", "docs/operations.md"), "utf8");
const SETTINGS = OPERATIONS.slice(OPERATIONS.indexOf("## Settings"), OPERATIONS.indexOf("## Join"));

/** `listen[0]: reason`, of what was given on the command line with `given` before it. */
function problems(config: unknown, given: object = {}): string[] {
  const text = typeof config === "string" ? config : JSON.stringify(config);
  return (parseConfig(text, given).problems ?? []).map(
    ({ path, from, reason }) => `${from === "option" ? "given " : ""}${path}: ${reason}`,
  );
}

describe("the settings", () => {
  it("are those of docs/operations.md, with their defaults and options", () => {
    const { settings = [] } = parseConfig('{"name": "nvwa.nl"}', {});
    const rows = [...SETTINGS.matchAll(/^\| `(\w+)` \| (?:`([^`]+)`|none[^|]*) \| (?:`--([\w-]+)[^|]*)?\|/gm)];
    expect(rows.map(([, key, value]) => [key, value === undefined ? null : JSON.parse(value)])).toEqual(
      settings.map(({ key, value, from }) => [key, from === "default" ? value : null]),
    );
    const options = rows.flatMap(([, , , option]) => option ?? []);
    expect(options).toEqual([...Object.keys(SETTING_OPTIONS), "passphrase-file"]);
  });

  it("of the example there are valid", () => {
    const example = /^ {4}\{$[^]*?^ {4}\}$/m.exec(SETTINGS)?.[0] ?? "";
    expect(parseConfig(example, {}).config).toEqual({
      name: "nvwa.nl",
      listen: ["/ip4/0.0.0.0/tcp/4001", "/ip6/::/tcp/4001"],
      announce: ["/dns/entente.nvwa.nl/tcp/4001"],
      logLevel: "info",
      diskLow: 1024 ** 3,
      diskFull: 128 * 1024 ** 2,
      passphraseFile: "/etc/entente/passphrase",
      fetch: { "*/*": 4_194_304 },
      fetchQuota: 8_589_934_592,
    });
  });

  it("say where they come from; the command line wins", () => {
    const { settings, config } = parseConfig('{"name":"nvwa.nl","logLevel":"warn","announce":["a.nl:1"]}', {
      logLevel: "debug",
    });
    expect(settings?.map(({ key, from }) => [key, from])).toEqual([
      ["name", "file"],
      ["listen", "default"],
      ["announce", "file"],
      ["logLevel", "option"],
      ["metrics", "default"],
      ["diskLow", "default"],
      ["diskFull", "default"],
      ["passphraseFile", "default"],
      ["fetch", "default"],
      ["fetchQuota", "default"],
      ["language", "default"],
    ]);
    expect(config?.logLevel).toBe("debug");
  });
});

describe("a wrong config.json", () => {
  const name = "nvwa.nl";
  it.each([
    ["that is no JSON", '{"name": }', {}, [expect.stringMatching(/^: not JSON: .*/)]],
    ["that is a list", "[]", {}, [": not an object in braces"]],
    ["without a name", {}, {}, ["name: missing"]],
    ["with a wrong name", { name: "NVWA" }, {}, ["name: not a name of an authority such as nvwa.nl"]],
    ["with a slip", { name, lisen: [] }, {}, ["lisen: there is no such setting: did you mean listen?"]],
    [
      "with a setting far from all",
      { name, colour: 1 },
      {},
      [expect.stringContaining("colour: there is no such setting: known are name, listen, announce, logLevel,")],
    ],
    [
      "with metrics for the world",
      { name, metrics: "0.0.0.0:9464" },
      {},
      [expect.stringMatching(/^metrics: not a port/)],
    ],
    [
      "with metrics at no port",
      { name, metrics: "127.0.0.1:65536" },
      {},
      [expect.stringMatching(/^metrics: not a port/)],
    ],
    ["with a text for a list", { name, listen: "x" }, {}, ["listen: not a list"]],
    ["with a number for a text", { name, announce: ["a.nl:1", 7] }, {}, ["announce[1]: not a text in quotation marks"]],
    [
      "with wrong addresses",
      { name, listen: ["a.nl:0", "b.nl:65536"], announce: ["a.nl:0"] },
      {},
      [expect.stringMatching(/^listen\[1\]: .*port/), expect.stringMatching(/^announce\[0\]: .*port/)],
    ],
    ["with a wrong level", { name, logLevel: "loud" }, {}, ["logLevel: not one of error, warn, info, debug"]],
    ["with no limits to fetch", { name, fetch: 5 }, {}, ["fetch: not an object in braces"]],
    [
      "with wrong limits to fetch",
      { name, fetch: { "image/*": 1.5, "image/png": -1, "*/*": 2 ** 30 }, fetchQuota: -1 },
      {},
      [
        "fetch[image/*]: not a whole number",
        "fetch[image/png]: not 0 to 1073741824 bytes",
        "fetchQuota: not 0 to 9007199254740991 bytes",
      ],
    ],
    [
      "with limits for what is no media type",
      { name, fetch: { jpeg: 1, "*/png": 1 } },
      {},
      [
        "fetch[jpeg]: not a media type such as image/jpeg or image/*",
        "fetch[*/png]: not a media type such as image/jpeg or image/*",
      ],
    ],
    ["with a text for a number", { name, diskLow: "1 GB" }, {}, ["diskLow: not a number"]],
    [
      "with too little",
      { name, diskFull: 8_000_000 },
      {},
      [expect.stringMatching(/^diskFull: less than the 33554432/)],
    ],
    ["with marks in the wrong order", { name, diskLow: 100_000_000 }, {}, ["diskFull: more than diskLow"]],
    ["with a language in words", { name, language: "Dutch" }, {}, ["language: not a language such as nl or zh-Hans"]],
    ["with a relative path", { name, passphraseFile: "p" }, {}, ["passphraseFile: not an absolute path"]],
    [
      "that is right, but not what was given",
      { name },
      { logLevel: "loud" },
      [expect.stringMatching(/^given logLevel/)],
    ],
    ["whose fault was given anew", { name, logLevel: "loud" }, { logLevel: "warn" }, []],
  ])("%s", (_, config, given, expected) => expect(problems(config, given)).toEqual(expected));
});

it.each([
  ["listne", "listen"],
  ["LISTEN", "listen"],
  ["anounce", "announce"],
  ["loglevel", "logLevel"],
  ["x", undefined],
  ["metrics", undefined],
])("nearest to %s", (word, nearest) => {
  expect(nearestWord(word, ["name", "listen", "announce", "logLevel"])).toBe(nearest);
});
