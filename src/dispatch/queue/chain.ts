import type { Attempt } from '../../core/task.ts';

/** Attempts in their turn, as a chain through the attempts themselves: removing one from the middle costs nothing. */
export class Chain {
  head: Attempt | undefined;
  tail: Attempt | undefined;

  push(attempt: Attempt): void {
    attempt.before = this.tail;
    attempt.after = undefined;
    if (this.tail === undefined) this.head = attempt;
    else this.tail.after = attempt;
    this.tail = attempt;
  }

  /** For an attempt that had its turn: it goes near the front. */
  insertFromFront(attempt: Attempt): void {
    let next = this.head;
    while (next !== undefined && next.turn < attempt.turn) next = next.after;
    this.#insertBefore(next, attempt);
  }

  /** For an attempt that is likely to be later than what is here. */
  insertFromBack(attempt: Attempt): void {
    let last = this.tail;
    if (this.head !== undefined && this.head.turn > attempt.turn) last = undefined;
    while (last !== undefined && last.turn > attempt.turn) last = last.before;
    this.#insertBefore(last === undefined ? this.head : last.after, attempt);
  }

  remove(attempt: Attempt): void {
    if (attempt.before === undefined) this.head = attempt.after;
    else attempt.before.after = attempt.after;
    if (attempt.after === undefined) this.tail = attempt.before;
    else attempt.after.before = attempt.before;
    attempt.before = undefined;
    attempt.after = undefined;
  }

  *[Symbol.iterator](): Generator<Attempt> {
    for (let attempt = this.head; attempt !== undefined; ) {
      const next: Attempt | undefined = attempt.after;
      yield attempt;
      attempt = next;
    }
  }

  #insertBefore(next: Attempt | undefined, attempt: Attempt): void {
    if (next === undefined) {
      this.push(attempt);
      return;
    }
    attempt.after = next;
    attempt.before = next.before;
    if (next.before === undefined) this.head = attempt;
    else next.before.after = attempt;
    next.before = attempt;
  }
}
