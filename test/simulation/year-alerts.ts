import { toJsonValue } from "../../protocol/record/json.ts";
import { alert } from "../../protocol/record/alert.ts";
import { testData } from "../data.ts";

/** Real alerts where they are there, else the worked example under many names. */
export async function yearAlerts(): Promise<readonly Record<string, unknown>[]> {
  const file = testData("safety-gate-2020-w01-10.csv");
  if (file === undefined) return Array.from({ length: 50 }, (_, at) => named(`Toy ${at}`));
  const { readSafetyGateCsv } = await import("../../cli/import/safety-gate-csv.ts");
  const bodies: Record<string, unknown>[] = [];
  for await (const { result } of readSafetyGateCsv(file))
    if (result.status === "read") bodies.push(Object(toJsonValue(result.body)));
  return bodies;
}

function named(name: string): Record<string, unknown> {
  return Object(toJsonValue({ ...alert.example.body, product: { name } }));
}
