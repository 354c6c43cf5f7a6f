import { toHex } from "../../protocol/bytes.ts";
import type { AlertBody } from "../../protocol/record/alert.ts";
import { encodeCbor } from "../../protocol/cbor.ts";
import { columnsDigest, sourceColumns } from "../../protocol/import/source-columns.ts";
import { succeed } from "../../protocol/import/same-alert.ts";
import { sha256 } from "../../keys/sha256.ts";
import type { NodeService, PublishInput } from "../../node/service.ts";
import { CliError } from "../cli-error.ts";
import type { CliErrorCode } from "../cli-error.ts";
import { forEachLimited } from "../for-each-limited.ts";
import { MAX_IN_FLIGHT } from "../limits.ts";
import type { LocalClient } from "../local-client.ts";
import { heldAlert } from "./held-alert.ts";
import type { ImportLine } from "./import-line.ts";

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
  readonly client: Pick<LocalClient, "keyState" | "publish" | "show">;
  readonly rows: AsyncIterable<ImportLine>;
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
  const page: Alert[] = [];
  try {
    for await (const row of init.rows) {
      if (init.interrupted.aborted) break;
      const alert = run.take(row);
      if (alert !== undefined) page.push(alert);
      if (page.length === PAGE) await run.publish(page.splice(0));
    }
  } catch (error) {
    // What was read before the file broke off is as good as it was.
    await run.publish(page);
    throw error;
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
  readonly #lines = new Map<string, Pick<Alert, "line" | "digest">>();
  #rows = 0;

  constructor(init: ImportInit) {
    this.#init = init;
  }

  /** The alert in a row, or undefined where there is nothing to publish. */
  take({ line, result }: ImportLine): Alert | undefined {
    this.#init.onRow(++this.#rows);
    if (result.status === "refused") {
      for (const { column, reason } of result.errors.slice(0, 1)) this.#reject({ line, column, number: null, reason });
      return undefined;
    }
    const { number, body, warnings } = result;
    this.#warnings.push(...warnings.map(({ column, reason }) => ({ line, column, number, reason })));
    const alert = { line, number, body, digest: toHex(digestOf(body)) };
    const earlier = this.#lines.get(number);
    if (earlier !== undefined) return this.#refuseTwin(alert, earlier);
    this.#lines.set(number, { line, digest: alert.digest });
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
  #refuseTwin(alert: Alert, earlier: Pick<Alert, "line" | "digest">): undefined {
    if (alert.digest === earlier.digest) this.#counts.unchanged++;
    else
      this.#reject({
        line: alert.line,
        column: null,
        number: alert.number,
        reason: `stands on line ${earlier.line} too, with other content`,
      });
  }

  async #publishOne(alert: Alert, known: KeyState | undefined): Promise<void> {
    const input = known?.digest === alert.digest ? undefined : await this.#toInput(alert, known);
    if (input === undefined) {
      this.#counts.unchanged++;
      return;
    }
    try {
      await this.#init.client.publish(input);
      this.#counts[known === undefined ? "imported" : "updated"]++;
    } catch (error) {
      if (!(error instanceof CliError) || !ROW_ERRORS.includes(error.code)) throw error;
      this.#reject({ line: alert.line, column: null, number: alert.number, reason: error.message });
    }
  }

  /**
   * An update refers to the first publication and to the latest, whose place it takes. Undefined where that one says the same
   * already, from another kind of file.
   */
  async #toInput(alert: Alert, known: KeyState | undefined): Promise<PublishInput | undefined> {
    const { body, digest } = alert;
    const input = { type: "alert", version: 1, to: this.#init.to, parts: [] };
    if (known === undefined) return { ...input, body, refs: [], key: { key: keyOf(alert), digest } };
    const held = await heldAlert(this.#init.client, known.latest);
    const successor = held === undefined ? { body, isNews: true } : succeed(held, body);
    const refs = [...new Set([known.first, known.latest])];
    const key = { key: keyOf(alert), digest, replaces: known.digest };
    return successor.isNews
      ? { ...input, body: { ...successor.body, updates: refs.length - 1 }, refs, key }
      : undefined;
  }

  #reject(problem: RowProblem): void {
    this.#rejected.push(problem);
    this.#init.onProblem(problem);
  }
}

/** By what it was made of, so that the same row is the same alert; of one that was not imported, by what it says. */
function digestOf(body: AlertBody): Uint8Array {
  return body.source === undefined ? sha256(encodeCbor(body)) : columnsDigest(sourceColumns(body), sha256);
}

/** Of one system a number names one case, in whatever kind of file. */
function keyOf({ number, body }: Alert): string {
  return `${body.source?.system ?? "other"}/${number}`;
}
