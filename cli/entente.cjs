#!/usr/bin/env node
"use strict";
/*
 * The command `entente`. A Node that is new enough loads main.ts itself; an older one hands over to the Node that
 * `npm ci` installed, passing on signals and the exit code. main.ts acts when it is loaded, however that happens.
 */
const { spawn } = require("child_process");
const { join } = require("path");
const { pathToFileURL } = require("url");
const { nodeProblem, isTooOld } = require("./require-node.cjs");

/** Of the node that stays: why is in docs/decisions/0004-memory.md. */
const START_FLAGS = require("./start-flags.json");

const MAIN = join(__dirname, "main.ts");
const INSTALLED_NODE = join(__dirname, "..", "node_modules", ".bin", "node");
/** "Internal", in the list of docs/spec/cli.md. */
const EXIT_INTERNAL = 5;

const handsOver = isTooOld(process.versions.node);
const problem = nodeProblem(handsOver ? INSTALLED_NODE : process.execPath);
if (problem !== undefined) {
  console.error(problem);
  process.exitCode = EXIT_INTERNAL;
} else if (handsOver) handOver();
else if (lacksFlags()) process.execve(process.execPath, commandLine(process.execPath, process.argv[1]), process.env);
else {
  // Most of what a command takes is loading its modules; what was compiled once is kept. Older than 22.1 have no such cache.
  const { enableCompileCache } = require("module");
  if (enableCompileCache !== undefined) enableCompileCache();
  void import(pathToFileURL(MAIN).href);
}

/** Only `start` runs for long. A Node that cannot replace itself does without the flags. */
function flags() {
  return process.argv.indexOf("start") < 0 ? [] : START_FLAGS;
}

function lacksFlags() {
  const missing = flags().filter((flag) => process.execArgv.indexOf(flag) < 0);
  return missing.length > 0 && process.execve !== undefined;
}

function commandLine(node, script) {
  const own = node === process.execPath ? process.execArgv : [];
  return [node].concat(flags(), own, script, process.argv.slice(2));
}

function handOver() {
  const child = spawn(INSTALLED_NODE, commandLine(INSTALLED_NODE, MAIN).slice(1), { stdio: "inherit" });
  ["SIGINT", "SIGTERM", "SIGHUP"].forEach((signal) => process.on(signal, () => passOn(child, signal)));
  child.on("exit", (code, signal) => endLike(code, signal));
}

/** A terminal sends Ctrl-C to both processes already; the child must not count it twice. */
function passOn(child, signal) {
  if (signal === "SIGINT" && process.stdin.isTTY) return;
  child.kill(signal);
}

function endLike(code, signal) {
  if (signal === null) process.exit(code);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}
