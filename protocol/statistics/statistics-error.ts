/**
 * What a caller may have done wrong. What may not be compared is no error: it is a refusal, part of the result
 * (`comparable.ts`).
 */
type StatisticsErrorCode =
  /** Not a decimal as records write it, or a sign that has no meaning there. */
  | "STATISTICS_NUMBER_MALFORMED"
  /** A number so large or so small that a double does not hold it with all its digits. */
  | "STATISTICS_OUT_OF_RANGE"
  /** Too few or too many values for the formula. */
  | "STATISTICS_COUNT"
  /** Options that contradict each other or the values. */
  | "STATISTICS_OPTIONS";

/**
 * The one error of the statistics.
 *
 *     throw new StatisticsError("STATISTICS_COUNT", "fewer than 2 values");
 */
export class StatisticsError extends Error {
  override readonly name = "StatisticsError";
  readonly code: StatisticsErrorCode;

  constructor(code: StatisticsErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
