/** Steps that run one after the other, in the order in which they were asked for, whether or not the one before failed. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(step: () => Promise<T>): Promise<T> {
    const done = this.#last.then(step);
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** Resolves when no step that was asked for is on its way. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
