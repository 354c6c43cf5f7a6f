import { formatPath } from "../../protocol/record/malformed.ts";

/** Where things stand in a text of JSON; lines count from 0. */
export type JsonLines = {
  /** By path, as in `body.product.barcodes[2]`. */
  readonly lines: ReadonlyMap<string, number>;
  /** Where it stops being JSON. */
  readonly broken: number | undefined;
};

type Container = { readonly kind: "object" | "list"; readonly path: string; count: number };

/** A token, and last whatever is none. */
const TOKEN = /"(?:[^"\\\n]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+|"/g;

/**
 * Finds the lines of all keys and items. `JSON.parse` judges; this only says where, so that it reads a little more than
 * JSON. What it does not understand is where the text is broken.
 */
export function jsonLines(text: string): JsonLines {
  const lines = new Map<string, number>();
  const open: Container[] = [];
  const lineAt = lineCounter(text);
  let key: string | undefined;
  let expects: "value" | "key" | "colon" | "comma" | "end" = "value";
  let last = 0;
  const end = (): typeof expects => (open.length === 0 ? "end" : "comma");
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const line = lineAt(index);
    const inside = open.at(-1);
    const closes = (token === "}" && inside?.kind === "object") || (token === "]" && inside?.kind === "list");
    if (closes && (expects === "comma" || inside?.count === 0)) {
      open.pop();
      expects = end();
    } else if (expects === "key" && token.startsWith('"')) {
      key = keyOf(token);
      expects = "colon";
    } else if (expects === "colon" && token === ":") expects = "value";
    else if (expects === "comma" && token === ",") expects = inside?.kind === "object" ? "key" : "value";
    else if (expects === "value" && !"}],:".includes(token)) {
      const path = pathOf(inside, key);
      lines.set(path, line);
      if (inside !== undefined) inside.count++;
      if (token === "{" || token === "[") open.push({ kind: token === "{" ? "object" : "list", path, count: 0 });
      else if (!isScalar(token)) return { lines, broken: line };
      expects = token === "{" ? "key" : token === "[" ? "value" : end();
    } else return { lines, broken: expects === "comma" && token.startsWith('"') ? last : line };
    last = line;
  }
  return { lines, broken: expects === "end" ? undefined : last };
}

function pathOf(inside: Container | undefined, key: string | undefined): string {
  if (inside === undefined) return "";
  if (inside.kind === "list") return formatPath(inside.path, [inside.count]);
  return inside.path === "" ? (key ?? "") : formatPath(inside.path, [key ?? ""]);
}

function isScalar(token: string): boolean {
  try {
    return typeof JSON.parse(token) !== "object" || token === "null";
  } catch {
    return false;
  }
}

function keyOf(token: string): string {
  try {
    return String(JSON.parse(token));
  } catch {
    return token;
  }
}

/** Positions are asked for in their order. */
function lineCounter(text: string): (position: number) => number {
  let [at, line] = [0, 0];
  return (position) => {
    for (; at < position; at++) if (text[at] === "\n") line++;
    return line;
  };
}
