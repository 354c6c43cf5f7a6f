import { z } from "zod";
import { MAX_PART_SIZE } from "../protocol/limits.ts";
import { isName } from "../protocol/name.ts";
import { parseLanguage } from "../protocol/record/language.ts";
import { nearestWord } from "../protocol/nearest-word.ts";
import { parseAddress, parseListenAddress } from "./address.ts";
import { DEFAULT_MARKS } from "./disk-space.ts";
import { DEFAULT_FETCH, isMediaRange } from "./fetch-policy.ts";
import { DISK_MARK_MIN } from "./limits.ts";
import { LOG_LEVELS } from "./logger.ts";
import { TransportError } from "./transport.ts";

/**
 * What stands in `config.json` of the data directory. A new setting is a line here and one in docs/operations.md. What may
 * also be said when the node is started is an option of `start` of the same name in kebab-case, which wins.
 */
const SETTINGS = z.strictObject({
  name: z.string().refine(isName, "not a name of an authority such as nvwa.nl"),
  listen: z.array(address(parseListenAddress)).default(["/ip4/0.0.0.0/tcp/4001"]),
  announce: z.array(address(parseAddress)).default([]),
  logLevel: z.enum(LOG_LEVELS, `not one of ${LOG_LEVELS.join(", ")}`).default("info"),
  metrics: z.string().refine(isLocalPort, "not a port of this machine, such as 127.0.0.1:9464").exactOptional(),
  diskLow: mark().default(DEFAULT_MARKS.low),
  diskFull: mark().default(DEFAULT_MARKS.full),
  passphraseFile: z.string().startsWith("/", "not an absolute path").exactOptional(),
  fetch: z.record(z.string(), bytes(MAX_PART_SIZE)).superRefine(checkRanges).default(DEFAULT_FETCH.fetch),
  fetchQuota: bytes(Number.MAX_SAFE_INTEGER).default(DEFAULT_FETCH.fetchQuota),
  /** Of the command, which reads it there: the node itself speaks to nobody. */
  language: z
    .string()
    .refine((text) => parseLanguage(text) !== undefined, "not a language such as nl or zh-Hans")
    .exactOptional(),
});

const CONFIG = SETTINGS.refine(({ diskLow, diskFull }) => diskFull <= diskLow, {
  path: ["diskFull"],
  error: "more than diskLow",
});

export type Config = Readonly<z.infer<typeof CONFIG>>;

/** Settings given when the node is started, not yet judged. */
export type GivenSettings = Partial<Readonly<Record<keyof Config, unknown>>>;

/** A setting in force, and why: `default` where nobody said anything. */
export type Setting = { readonly key: string; readonly value: unknown; readonly from: "option" | "file" | "default" };

/** A fault: at `path` (`listen[1]`, empty for the whole) of the file, or of what was given instead. */
export type ConfigProblem = { readonly path: string; readonly from: "option" | "file"; readonly reason: string };

export type LoadedConfig =
  | { readonly config: Config; readonly settings: readonly Setting[]; readonly problems?: never }
  | { readonly config?: never; readonly settings?: never; readonly problems: readonly ConfigProblem[] };

/** Reads the text of a `config.json`; `given` wins. Every fault is told, not only the first. */
export function parseConfig(text: string, given: GivenSettings): LoadedConfig {
  const file = parseObject(text);
  if (typeof file === "string") return { problems: [{ path: "", from: "file", reason: file }] };
  const from = (key: string): "option" | "file" => (key in given ? "option" : "file");
  const said = { ...file, ...given };
  const read = CONFIG.safeParse(said);
  if (!read.success) return { problems: read.error.issues.flatMap((issue) => problemsOf(issue, said, from)) };
  const settings = Object.keys(SETTINGS.shape).map((key) => ({
    key,
    value: new Map<string, unknown>(Object.entries(read.data)).get(key) ?? null,
    from: key in said ? from(key) : ("default" as const),
  }));
  return { config: read.data, settings };
}

function bytes(max: number) {
  const reason = `not 0 to ${max} bytes`;
  return z.int().min(0, reason).max(max, reason);
}

function mark() {
  return z.int().min(DISK_MARK_MIN, `less than the ${DISK_MARK_MIN} bytes that the store itself needs`);
}

function checkRanges(limits: Readonly<Record<string, number>>, context: z.RefinementCtx): void {
  for (const range of Object.keys(limits))
    if (!isMediaRange(range))
      context.addIssue({ code: "custom", path: [range], message: "not a media type such as image/jpeg or image/*" });
}

function address(parse: (text: string) => string) {
  return z.string().transform((text, context) => {
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      context.addIssue({ code: "custom", message: error.message });
      return z.NEVER;
    }
  });
}

/** Numbers of the node are for this machine; who wants them elsewhere puts something before them that asks who reads. */
function isLocalPort(text: string): boolean {
  const port = /^(?:127\.0\.0\.1|\[::1\]):([1-9][0-9]{0,4})$/.exec(text)?.[1];
  return port !== undefined && Number(port) <= 65_535;
}

/** The object, or why it is none. */
function parseObject(text: string): object | string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : "not an object in braces";
  } catch (error) {
    return `not JSON: ${error instanceof Error ? error.message : "unreadable"}`;
  }
}

function problemsOf(
  issue: z.core.$ZodIssue,
  said: object,
  from: (key: string) => ConfigProblem["from"],
): readonly ConfigProblem[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map(unknownKey);
  const [key = "", ...steps] = issue.path.map(String);
  const path = `${key}${steps.map((step) => `[${step}]`).join("")}`;
  const isMissing = issue.code === "invalid_type" && !(key in said);
  return [{ path, from: from(key), reason: isMissing ? "missing" : reasonOf(issue) }];
}

function unknownKey(key: string): ConfigProblem {
  const near = nearestWord(key, Object.keys(SETTINGS.shape));
  const meant = near === undefined ? `known are ${Object.keys(SETTINGS.shape).join(", ")}` : `did you mean ${near}?`;
  return { path: key, from: "file", reason: `there is no such setting: ${meant}` };
}

const TYPES: Readonly<Record<string, string>> = {
  array: "a list",
  int: "a whole number",
  record: "an object in braces",
  string: "a text in quotation marks",
};

function reasonOf(issue: z.core.$ZodIssue): string {
  return issue.code === "invalid_type" ? `not ${TYPES[issue.expected] ?? `a ${issue.expected}`}` : issue.message;
}
