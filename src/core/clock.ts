/** A timer that was set; it never keeps the process alive unless `ref` was called. */
export interface Timer {
  ref(): void;
  unref(): void;
}

/**
 * Which time a timer waits for:
 * - `lived`: time in which the program ran. Time in which the program was stopped or frozen does not count.
 * - `turning`: time in which its event loop turned. For what arrives through the loop, and cannot while that is blocked.
 */
export type TimeScale = 'lived' | 'turning';

/**
 * Time as the manager sees it. Everything that waits or measures takes its time from here, so that the same code
 * runs on a virtual clock.
 */
export interface Clock {
  /** Milliseconds on a monotonic scale that stands still while the program does; only differences mean anything. */
  now(): number;
  /** Milliseconds since 1970, for reports and journals; never for durations, and never kept for later: people and servers set it. */
  wall(): number;
  /** Milliseconds on the machine's own monotonic scale, on which threads measure. */
  machine(): number;
  /** A time on the machine's scale as `now()` would have told it. */
  fromMachine(ms: number): number;
  /** Memory in which threads of this process find how much time is not charged to tasks: see `Presence`. */
  readonly shared?: SharedArrayBuffer | undefined;
  /** Calls `fn` once after `ms` milliseconds. */
  setTimeout(fn: () => void, ms: number, scale?: TimeScale): Timer;
  clearTimeout(timer: Timer | undefined): void;
}

/** Longest delay that Node's timers keep; above it they fire at once. */
export const MAX_DELAY = 2_147_483_647;

/** Keeps the process alive while there is work, and only then: threads and timers of the pool never do. */
export interface KeepAlive {
  hold(): void;
  release(): void;
  close(): void;
}
