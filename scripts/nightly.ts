/**
 * The long forms of what CI does briefly. Their output goes to standard error; standard output has one line for each:
 * `{"date":"2026-11-22T23:10:00.000Z","part":"simulate","passed":true,"seconds":1812,"lastLine":"2000 seeds, …"}`
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** `npm run` arguments. With ENTENTE_NIGHTLY=1 the tests kill 60 times where CI kills 3 times, and a large file has 500 MB instead of 20, a history 100 000 entries. */
const PARTS = [
  { part: "test", args: ["test"] },
  { part: "simulate", args: ["simulate", "--", "--seeds", "2000"] },
  { part: "year", args: ["simulate", "--", "--year", "--seeds", "500"] },
  { part: "scale30", args: ["scale", "--", "simulate", "--nodes", "30", "--share", "0.1"] },
  { part: "scale60", args: ["scale", "--", "simulate", "--nodes", "60", "--share", "0.02"] },
  { part: "scale200", args: ["scale", "--", "simulate", "--nodes", "200", "--share", "0.1"] },
  { part: "join", args: ["scale", "--", "join"] },
  { part: "connections", args: ["scale", "--", "connections"] },
] as const;

for (const { part, args } of PARTS) {
  const date = new Date();
  const { passed, lastLine } = await npmRun(args);
  const seconds = Math.round((Date.now() - date.getTime()) / 1000);
  console.log(JSON.stringify({ date: date.toISOString(), part, passed, seconds, lastLine }));
  if (!passed) process.exitCode = 1;
}

function npmRun(args: readonly string[]): Promise<{ passed: boolean; lastLine: string }> {
  const env = { ...process.env, ENTENTE_NIGHTLY: "1" };
  const child = spawn("npm", ["run", ...args], { cwd: ROOT, env, stdio: ["ignore", "pipe", "inherit"] });
  let tail = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    process.stderr.write(text);
    // A little more than one line is enough; a night's output is not kept.
    tail = (tail + text).slice(-1000);
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ passed: code === 0, lastLine: tail.trimEnd().split("\n").at(-1) ?? "" }));
  });
}
