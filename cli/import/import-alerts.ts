import { toHex } from "../../protocol/bytes.ts";
import type { AlertBody } from "../../protocol/record/alert.ts";
import { safetyGateColumns, safetyGateDigest } from "../../protocol/import/safety-gate.ts";
import { sha256 } from "../../keys/sha256.ts";
import type { NodeService, PublishInput } from "../../node/service.ts";
import { CliError } from "../cli-error.ts";
import type { CliErrorCode } from "../cli-error.ts";
import { forEachLimited } from "../for-each-limited.ts";
import { MAX_IN_FLIGHT } from "../limits.ts";
import type { LocalClient } from "../local-client.ts";
import type { SafetyGateLine } from "./safety-gate-csv.ts";

/** What is wrong with, or to be remarked on, one row. */
export type RowProblem = {
  readonly line: number;
  readonly column: string | null;
  /** Of the alert, where it is known. */
  readonly number: string | null;
  readonly reason: string;
};

export type ImportSummary = {
  readonly imported: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: readonly RowProblem[];
  readonly warnings: readonly RowProblem[];
  readonly interrupted: boolean;
};

export type ImportInit = {
  readonly client: Pick<LocalClient, "keyState" | "publish">;
  readonly rows: AsyncIterable<SafetyGateLine>;
  readonly to: readonly string[];
  /** Stops between two rows; what is on its way is finished. */
  readonly interrupted: AbortSignal;
  readonly onRow: (rows: number) => void;
  readonly onProblem: (problem: RowProblem) => void;
};

/** Rows whose keys are asked about at once. */
const PAGE = 200;

/** What the node says of one row rather than of the whole import. */
const ROW_ERRORS: readonly CliErrorCode[] = ["INVALID", "KEY_CHANGED", "REFUSED"];

type Alert = { readonly line: number; readonly number: string; readonly body: AlertBody; readonly digest: string };
type KeyState = Awaited<ReturnType<NodeService["keyState"]>>[number];

/**
 * Publishes each alert under a key made of its number, so that whatever was published before is left out, or updated.
 * Throws what concerns more than one row; repeating the import then goes on from there.
 */
export async function importAlerts(init: ImportInit): Promise<ImportSummary> {
  const run = new ImportRun(init);
  let page: Alert[] = [];
  for await (const row of init.rows) {
    if (init.interrupted.aborted) break;
    const alert = run.take(row);
    if (alert !== undefined) page.push(alert);
    if (page.length < PAGE) continue;
    await run.publish(page);
    page = [];
  }
  await run.publish(page);
  return run.summary();
}

class ImportRun {
  readonly #init: ImportInit;
  readonly #counts = { imported: 0, updated: 0, unchanged: 0 };
  readonly #rejected: RowProblem[] = [];
  readonly #warnings: RowProblem[] = [];
  /** Where in this file each alert stands. */
  readonly #lines = new Map<string, Alert>();
  #rows = 0;

  constructor(init: ImportInit) {
    this.#init = init;
  }

  /** The alert in a row, or undefined where there is nothing to publish. */
  take({ line, result }: SafetyGateLine): Alert | undefined {
    this.#init.onRow(++this.#rows);
    if (result.status === "refused") {
      for (const { column, reason } of result.errors.slice(0, 1)) this.#reject({ line, column, number: null, reason });
      return undefined;
    }
    const { number, body, warnings } = result;
    this.#warnings.push(...warnings.map(({ column, reason }) => ({ line, column, number, reason })));
    const alert = { line, number, body, digest: toHex(safetyGateDigest(safetyGateColumns(body) ?? new Map(), sha256)) };
    const earlier = this.#lines.get(number);
    if (earlier !== undefined) return this.#refuseTwin(alert, earlier);
    this.#lines.set(number, alert);
    return alert;
  }

  async publish(alerts: readonly Alert[]): Promise<void> {
    if (alerts.length === 0) return;
    const states = new Map((await this.#init.client.keyState(alerts.map(keyOf))).map((state) => [state.key, state]));
    await forEachLimited(alerts, MAX_IN_FLIGHT, async (alert) => {
      if (!this.#init.interrupted.aborted) await this.#publishOne(alert, states.get(keyOf(alert)));
    });
  }

  summary(): ImportSummary {
    return {
      ...this.#counts,
      rejected: this.#rejected,
      warnings: this.#warnings,
      interrupted: this.#init.interrupted.aborted,
    };
  }

  /** Which of two rows is the newer nothing tells; the first stays, also when the import is repeated. */
  #refuseTwin(alert: Alert, earlier: Alert): undefined {
    if (alert.digest === earlier.digest) this.#counts.unchanged++;
    else
      this.#reject({
        line: alert.line,
        column: "Alert number",
        number: alert.number,
        reason: `stands on line ${earlier.line} too, with other content`,
      });
  }

  async #publishOne(alert: Alert, known: KeyState | undefined): Promise<void> {
    if (known?.digest === alert.digest) {
      this.#counts.unchanged++;
      return;
    }
    try {
      await this.#init.client.publish(toInput(alert, known, this.#init.to));
      this.#counts[known === undefined ? "imported" : "updated"]++;
    } catch (error) {
      if (!(error instanceof CliError) || !ROW_ERRORS.includes(error.code)) throw error;
      this.#reject({ line: alert.line, column: null, number: alert.number, reason: error.message });
    }
  }

  #reject(problem: RowProblem): void {
    this.#rejected.push(problem);
    this.#init.onProblem(problem);
  }
}

/** An update refers to the first publication and to the latest, whose place it takes. */
function toInput(alert: Alert, known: KeyState | undefined, to: readonly string[]): PublishInput {
  const refs = known === undefined ? [] : [...new Set([known.first, known.latest])];
  const { digest } = alert;
  return {
    type: "alert",
    version: 1,
    body: known === undefined ? alert.body : { ...alert.body, updates: refs.length - 1 },
    refs,
    to,
    parts: [],
    key: { key: keyOf(alert), digest, ...(known === undefined ? {} : { replaces: known.digest }) },
  };
}

function keyOf({ number }: Alert): string {
  return `safety-gate/${number}`;
}
