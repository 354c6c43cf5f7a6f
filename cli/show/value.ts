import { indent } from "../text.ts";

/**
 * A JSON value as an outline:
 *
 *     product:
 *       brands: Example Duck
 *       kind:
 *         en: Wooden pull-along toy
 */
export function valueLines(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown) => listItem(item));
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([key, item]) => field(key, item));
  return [scalar(value)];
}

function field(key: string, value: unknown): string[] {
  if (!isNested(value)) return [`${key}: ${scalar(value)}`];
  if (Array.isArray(value) && !value.some(isNested)) return [`${key}: ${value.map(scalar).join(", ")}`];
  return [`${key}:`, ...indent(valueLines(value))];
}

function listItem(value: unknown): string[] {
  const [first = "", ...rest] = valueLines(value);
  return [`- ${first}`, ...indent(rest)];
}

function isNested(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function scalar(value: unknown): string {
  return typeof value === "string" ? value : String(JSON.stringify(value));
}
