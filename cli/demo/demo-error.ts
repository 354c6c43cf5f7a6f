/** The demonstration cannot go on; `details` is what the failing command printed. */
export class DemoError extends Error {
  override readonly name = "DemoError";
  readonly details: readonly string[];

  constructor(message: string, details: readonly string[] = []) {
    super(message);
    this.details = details;
  }
}
