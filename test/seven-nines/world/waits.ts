import type { Timeline } from '../../simulation/world/timeline.ts';

/** One event, as the input of its task. */
export interface Event {
  readonly cameAt: number;
  /** Start of its last attempt. */
  startedAt: number;
}

/** Counts who waits, and who waited too long: until the start of the attempt that answered. */
export class Waits {
  readonly #timeline: Timeline;
  readonly #lateAfter: number;
  came = 0;
  late = 0;
  /** Came and have not been answered. */
  open = 0;
  /** Came and have not begun. */
  waiting = 0;

  constructor(timeline: Timeline, lateAfter: number) {
    this.#timeline = timeline;
    this.#lateAfter = lateAfter;
  }

  event(): Event {
    this.came++;
    this.open++;
    this.waiting++;
    return { cameAt: this.#timeline.now(), startedAt: -1 };
  }

  started(event: Event): void {
    if (event.startedAt < 0) this.waiting--;
    event.startedAt = this.#timeline.now();
  }

  answered(event: Event): void {
    this.open--;
    if (event.startedAt - event.cameAt > this.#lateAfter) this.late++;
  }
}
