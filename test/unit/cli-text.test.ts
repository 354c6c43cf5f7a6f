import { describe, expect, it } from "vitest";
import { findDataDir } from "../../cli/data-dir.ts";
import { parseEntryText, parsePartNumbers } from "../../cli/entry-text.ts";
import { forDataDir } from "../../cli/for-data-dir.ts";
import { inboxLines } from "../../cli/show/case.ts";
import { entryTable } from "../../cli/show/entry.ts";
import { valueLines } from "../../cli/show/value.ts";
import { startProgress } from "../../cli/progress.ts";
import { formatBytes, formatTime, table } from "../../cli/text.ts";
import { typeKeys } from "../../cli/typed-line.ts";

describe("text for people", () => {
  it("gives times in UTC", () => {
    expect(formatTime("2026-11-22T14:03:05Z")).toBe("2026-11-22 14:03:05 UTC");
    expect(formatTime("2026-11-22T14:03:05.120Z")).toBe("2026-11-22 14:03:05 UTC");
  });

  it("gives sizes in units of 1024", () => {
    expect([0, 1023, 1024, 1_572_864, 5 * 1024 ** 4].map(formatBytes)).toEqual([
      "0 B",
      "1023 B",
      "1.0 KiB",
      "1.5 MiB",
      "5120.0 GiB",
    ]);
  });

  it("the commands below an inbox are for the directory that was named, what peers wrote stays as it is", () => {
    const duty = { kind: "acknowledge", about: "nvwa.nl:3", mine: true, due: null, state: "open" };
    const item = { ...duty, case: "nvwa.nl:3", title: "Type entente stop", status: "open", contested: [] } as never;
    const lines = inboxLines([item], 0, (text) => forDataDir(text, "my nodes/ee"));
    expect(lines.slice(1)).toEqual([
      "–    nvwa.nl:3  acknowledge  Type entente stop",
      "",
      "to do        command",
      "acknowledge  entente --data 'my nodes/ee' ack ENTRY",
    ]);
  });

  it("puts a table in columns, however cells try to break it", () => {
    expect(
      table(
        ["a", "b"],
        [
          ["x\ny", "1"],
          ["long cell", "2"],
        ],
      ),
    ).toEqual(["a          b", "x y        1", "long cell  2"]);
  });

  it("keeps columns straight beside Chinese, whose characters are two wide", () => {
    const rows = [
      ["图片", "1"],
      ["Bild", "2"],
      ["é（x）", "3"],
    ];
    expect(table(["a", "b"], rows)).toEqual(["a       b", "图片    1", "Bild    2", "é（x）  3"]);
  });

  it("shows any JSON value as an outline", () => {
    const value = { a: 1, list: ["x", "y"], none: [], deep: { b: null, c: [{ d: true, e: "f" }, { g: [] }] } };
    expect(valueLines(value)).toEqual([
      "a: 1",
      "list: x, y",
      "none: ",
      "deep:",
      "  b: null",
      "  c:",
      "    - d: true",
      "      e: f",
      "    - g: ",
    ]);
    expect(valueLines("text")).toEqual(["text"]);
  });
});

describe("a list of entries", () => {
  const entry = { log: "nvwa.nl", kind: "record", time: null, type: null, summary: null, contested: false };

  it("marks a record that is addressed to us and not here, and leaves open what one for others says", () => {
    const [, missing, fetching, withheld] = entryTable([
      { ...entry, entry: "nvwa.nl:3", parts: ["missing", "held"] },
      { ...entry, entry: "nvwa.nl:2", parts: ["fetching"] },
      { ...entry, entry: "nvwa.nl:1", parts: ["withheld", "missing"] },
    ]);
    const awaited = "addressed to this authority and not here yet (entente explain)";
    expect(missing).toBe(`nvwa.nl:3  –                   record  1 missing, 1 held      ${awaited}`);
    expect(fetching).toBe(`nvwa.nl:2  –                   record  1 fetching             ${awaited}`);
    expect(withheld).toBe("nvwa.nl:1  –                   record  1 withheld, 1 missing  –");
  });
});

describe("entries and parts", () => {
  it.each(["nvwa.nl:0", "nvwa.nl/3:12", "1e0f92aa:7"])("takes %s", (text) => expect(parseEntryText(text)).toBe(text));
  it.each(["nvwa.nl", "nvwa.nl:", "nvwa.nl:01", "nvwa.nl:-1", "nvwa.nl/0:1", "../x:1", "NVWA.nl:1", "nvwa.nl:1:2"])(
    "refuses %s",
    (text) => {
      expect(() => parseEntryText(text)).toThrow(/is no entry/);
    },
  );

  it("numbers parts from 0 to 63", () => {
    expect(parsePartNumbers(["0", "63"])).toEqual([0, 63]);
    for (const wrong of ["64", "-1", "1.5", "", "x"]) expect(() => parsePartNumbers([wrong])).toThrow();
  });
});

describe("where the data is", () => {
  const find = (env: Record<string, string>, option?: string): string =>
    findDataDir({ env, homeDir: "/home/anna" }, option);

  it("is what was said last, from the command to the standard of the system", () => {
    const env = { ENTENTE_DATA: "/srv/entente", XDG_DATA_HOME: "/xdg" };
    expect(find(env, "/named")).toBe("/named");
    expect(find(env)).toBe("/srv/entente");
    expect(find({ XDG_DATA_HOME: "/xdg" })).toBe("/xdg/entente");
    expect(find({})).toBe("/home/anna/.local/share/entente");
  });

  it("passes over what is empty or not allowed", () => {
    expect(find({ ENTENTE_DATA: "", XDG_DATA_HOME: "relative" })).toBe("/home/anna/.local/share/entente");
  });
});

describe("what is typed", () => {
  it.each([
    ["abc\r", { text: "abc", state: "entered", rest: "" }],
    ["ab\u007fc\n", { text: "ac", state: "entered" }],
    ["é漢\u0008\r", { text: "é", state: "entered" }],
    ["secret\u0015new\r", { text: "new", state: "entered" }],
    ["\u007f\u007fa", { text: "a", state: "typing" }],
    ["abc\u0003", { text: "abc", state: "interrupted" }],
    ["\u001b[A", { text: "", state: "typing" }],
    ["one\rtwo\r", { text: "one", state: "entered", rest: "two\r" }],
    ["a\u202eb\r", { text: "a\u202eb", state: "entered", shown: "ab" }],
  ])("%j", (keys, expected) => {
    expect(typeKeys("", keys)).toMatchObject(expected);
  });

  it("erases on the screen no more than was typed", () => {
    expect(typeKeys("ab", "\u007f\u007f\u007f").shown).toBe("\b \b\b \b");
  });
});

describe("progress", () => {
  it("stays silent for what is over at once", () => {
    const written: string[] = [];
    const progress = startProgress(
      { stderr: { write: (text) => written.push(text) }, stderrIsTerminal: false },
      "verify",
    );
    progress.update({ done: 1, total: 2, what: "entries" });
    progress.end();
    expect(written).toEqual([]);
  });
});
