import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { resolve } from "node:path";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Where test data that is not part of the project lies: `ENTENTE_TEST_DATA`, else beside the checkout. */
const TEST_DATA_DIR = resolve(ROOT, process.env["ENTENTE_TEST_DATA"] ?? "../shared/data");

/**
 * Absolute path of a file of the external test data, or `undefined` where it is absent: the test is then skipped and
 * counted. With `ENTENTE_TEST_DATA_REQUIRED=1`, as in CI where the folder exists, an absent file is a failure.
 */
export function testData(relativePath: string): string | undefined {
  const path = resolve(TEST_DATA_DIR, relativePath);
  if (existsSync(path)) return path;
  if (process.env["ENTENTE_TEST_DATA_REQUIRED"] === "1") throw new Error(`${path} is missing`);
  return undefined;
}
