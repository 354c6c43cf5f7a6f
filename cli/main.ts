import { fsCode } from "./fs-error.ts";
import { run } from "./run.ts";
import { processWorld } from "./world.ts";

// The command `entente`: acts when it is loaded.

for (const output of [process.stdout, process.stderr]) {
  output.on("error", (error) => {
    // `entente list | head`: the reader has seen enough.
    if (fsCode(error) !== "EPIPE") throw error;
    process.exit();
  });
}

void run(process.argv.slice(2), processWorld()).then((code) => {
  process.exitCode = code;
});
