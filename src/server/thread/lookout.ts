// Taken before code of the user can put something in its place: see core/foreign/intrinsics.ts.
const now: () => number = performance.now.bind(performance);

/** Milliseconds for which a thread looks for the next message. */
const LOOKS = 0.05;
/** Milliseconds at a stretch; then its event loop turns, so that timers and late errors of its handlers are never held up longer. */
const STRETCH = 0.25;
/** An empty look takes less than a microsecond. One that took this many milliseconds: the core had something else to do. */
const AWAY = 0.02;
/** At most two to this power of messages pass until it looks again. */
const MOST_DOUBT = 8;

/**
 * Looks for the next message a moment longer, before the thread sleeps in its event loop: to be woken takes both sides longer than to handle
 * what comes. It does so only while that is worth it: each look in vain, or on a core that others need, makes the next one rarer, by
 * the double of what one that was rewarded makes it more frequent.
 */
export class Lookout {
  readonly #receive: () => { readonly message: unknown } | undefined;
  readonly #take: (message: unknown) => void;
  readonly #isIdle: () => boolean;
  readonly #now: () => number;
  /** How often it was in vain of late. */
  #doubt = 0;
  /** Messages that pass before the next look. */
  #rest = 0;

  /**
   * @param receive what has arrived, if anything has
   * @param isIdle nothing is being handled
   */
  constructor(
    receive: () => { readonly message: unknown } | undefined,
    take: (message: unknown) => void,
    isIdle: () => boolean,
    clock: () => number = now,
  ) {
    this.#receive = receive;
    this.#take = take;
    this.#isIdle = isIdle;
    this.#now = clock;
  }

  /** A message was handled that has come through the event loop. */
  look(): void {
    if (this.#rest > 0) {
      this.#rest--;
      return;
    }
    const end = this.#now() + STRETCH;
    while (this.#isIdle() && this.#found() && this.#now() < end);
    this.#rest = 2 ** this.#doubt - 1;
  }

  /** Whether another one has come, and was taken. */
  #found(): boolean {
    const began = this.#now();
    for (let last = began, looks = 0; ; looks++) {
      const entry = this.#receive();
      if (entry !== undefined) {
        if (looks > 0 && this.#doubt > 0) this.#doubt--; // One that was there already proves nothing.
        this.#take(entry.message);
        return true;
      }
      const at = this.#now();
      if (at - last > AWAY || at - began > LOOKS) break;
      last = at;
    }
    this.#doubt = Math.min(this.#doubt + 2, MOST_DOUBT);
    return false;
  }
}
