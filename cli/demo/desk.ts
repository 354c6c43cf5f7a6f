import type { z } from "zod";
import { DemoError } from "./demo-error.ts";
import type { Finished, Processes, Surroundings } from "./processes.ts";
import type { Color } from "./voice.ts";

/** Where a person types commands. */
export class Desk {
  readonly name: string;
  readonly color: Color;
  protected readonly processes: Processes;
  protected readonly surroundings: Surroundings;

  constructor(name: string, color: Color, processes: Processes, surroundings: Surroundings) {
    this.name = name;
    this.color = color;
    this.processes = processes;
    this.surroundings = surroundings;
  }

  /** Throws DemoError with what the command printed if it ends with none of `codes`. */
  async run(args: readonly string[], codes: readonly number[] = [0]): Promise<Finished> {
    const result = await this.processes.run(args, this.surroundings);
    if (result.code !== null && codes.includes(result.code)) return result;
    throw new DemoError(
      `at ${this.name}, "entente ${args.join(" ")}" ended with ${result.code ?? "a signal"} instead of ${codes.join(" or ")}`,
      `${result.stdout}${result.stderr}`.split("\n"),
    );
  }

  /** The objects that a command prints with `--json`. */
  async ask<T>(schema: z.ZodType<T>, ...args: string[]): Promise<T[]> {
    const { stdout } = await this.run([...args, "--json"]);
    const objects = stdout.split("\n").slice(0, -1);
    return objects.map((line) => schema.parse(JSON.parse(line)));
  }
}
