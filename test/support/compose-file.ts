/**
 * Reads docker/compose.yaml: of YAML it knows what stands there (block mappings, lists of one line or of one item a line,
 * an anchor and its merge) and refuses everything else, so that no part of the file is passed over.
 */
export type ComposeService = {
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
  readonly depends_on: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly tmpfs: readonly string[];
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly read_only: string;
};

type Value = string | readonly Value[] | { readonly [key: string]: Value };
type Line = { readonly indent: number; readonly text: string };

const NOTHING = { entrypoint: [], environment: {}, depends_on: {}, volumes: [] };

/** By name; and the named volumes. */
export function readComposeFile(text: string): {
  readonly services: ReadonlyMap<string, ComposeService>;
  readonly volumes: readonly string[];
} {
  const file = parse(text);
  if (typeof file === "string" || isList(file)) throw new Error("a compose file is a mapping");
  const { services = {}, volumes = {} } = file;
  // What a service should have and has not is for the tests to find.
  const named = Object.entries(services).map(([name, service]) => [
    name,
    { ...NOTHING, ...mapping(service) } as unknown,
  ]);
  return { services: new Map(named as [string, ComposeService][]), volumes: Object.keys(volumes) };
}

function parse(text: string): Value {
  const lines = text
    .split("\n")
    .filter((line) => !/^\s*(#|$)/.test(line))
    .map((line) => ({ indent: line.length - line.trimStart().length, text: line.trim() }));
  const anchors = new Map<string, Value>();
  const value = block(lines, 0, anchors);
  if (lines.length > 0) throw new Error(`not understood: ${lines[0]?.text}`);
  return value;
}

/** Takes the lines of one mapping or list from the front. */
function block(lines: Line[], indent: number, anchors: Map<string, Value>): Value {
  const list: Value[] = [];
  let map: Record<string, Value> = {};
  for (let line = lines[0]; line !== undefined && line.indent === indent; line = lines[0]) {
    lines.shift();
    const item = /^- (.+)$/.exec(line.text);
    const entry = /^([\w.-]+|<<):(?: (.+))?$/.exec(line.text);
    if (item?.[1] !== undefined) {
      list.push(scalar(item[1], anchors));
      continue;
    }
    const [, key, rest] = entry ?? [];
    if (key === undefined) throw new Error(`not understood: ${line.text}`);
    const anchor = /^&(\w+)$/.exec(rest ?? "")?.[1];
    const nested = (lines[0]?.indent ?? 0) > indent ? block(lines, lines[0]?.indent ?? 0, anchors) : {};
    const value = rest === undefined || anchor !== undefined ? nested : scalar(rest, anchors);
    if (anchor !== undefined) anchors.set(anchor, value);
    if (Object.hasOwn(map, key)) throw new Error(`twice: ${key}`);
    map = key === "<<" ? { ...mapping(value), ...map } : { ...map, [key]: value };
  }
  return list.length > 0 ? list : map;
}

function scalar(text: string, anchors: ReadonlyMap<string, Value>): Value {
  const alias = /^\*(\w+)$/.exec(text)?.[1];
  if (alias !== undefined) return anchors.get(alias) ?? {};
  if (/^["[]/.test(text)) return JSON.parse(text);
  if (/^[&*{|>%@`!']| #|: /.test(text)) throw new Error(`not understood: ${text}`);
  return text;
}

function mapping(value: Value): { readonly [key: string]: Value } {
  if (typeof value === "string" || isList(value)) throw new Error("a mapping was expected");
  return value;
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
