"use strict";
/*
 * Every script of package.json, and the command `entente`, begins here: when the Node that would run the project is
 * missing, erased or too old, one sentence says what to do. Whatever Node is installed runs this file, hence CommonJS
 * and the syntax of 2015. Run as a script, it judges the `node` that the rest of that script will find.
 */
const { spawnSync } = require("child_process");
const { existsSync } = require("fs");
const { join } = require("path");

const ROOT = join(__dirname, "..");
const MINIMUM = require("../package.json").engines.node.replace(">=", "");

/** What keeps this Node from running the project, as a sentence; undefined when nothing does. */
function nodeProblem(command) {
  if (!existsSync(join(ROOT, "node_modules"))) return sentence("nothing is installed yet");
  const version = versionOf(command);
  if (version === undefined) return sentence("`" + command + "` does not run");
  if (isTooOld(version)) return sentence("`" + command + "` is " + version);
  return undefined;
}

function sentence(cause) {
  return "Entente needs Node " + MINIMUM + " or newer, but " + cause + ': run "npm ci" in ' + ROOT + ".";
}

/** `24.21.0`, or undefined. An erased file runs as an empty shell script: it succeeds, and prints no version. */
function versionOf(command) {
  const options = { encoding: "utf8", timeout: 10000, stdio: ["ignore", "pipe", "ignore"] };
  const match = /^v(\d+\.\d+\.\d+)/.exec(spawnSync(command, ["--version"], options).stdout || "");
  return match === null ? undefined : match[1];
}

function isTooOld(version) {
  const have = version.split(".").map(Number);
  const need = MINIMUM.split(".").map(Number);
  const differs = [0, 1, 2].find((i) => have[i] !== need[i]);
  return differs !== undefined && have[differs] < need[differs];
}

module.exports = { nodeProblem, isTooOld };

if (require.main === module) {
  const problem = nodeProblem("node");
  if (problem !== undefined) {
    console.error(problem);
    process.exitCode = 1;
  }
}
