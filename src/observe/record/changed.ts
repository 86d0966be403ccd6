/** Tells what has changed since the last time. */
export class Changed<T> {
  #last = '';

  /** Null if it is the same as the last time. */
  take(value: T): T | null {
    const text = JSON.stringify(value);
    if (text === this.#last) return null;
    this.#last = text;
    return value;
  }
}
