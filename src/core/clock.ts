/** A timer that was set; it never keeps the process alive unless `ref` was called. */
export interface Timer {
  ref(): void;
  unref(): void;
}

/**
 * Time as the manager sees it. Everything that waits or measures takes its time from here, so that the same code
 * runs on a virtual clock.
 */
export interface Clock {
  /** Milliseconds on a monotonic scale; only differences mean anything. */
  now(): number;
  /** Milliseconds since 1970, for reports and journals; never for durations. */
  wall(): number;
  /** Calls `fn` once after `ms` milliseconds. */
  setTimeout(fn: () => void, ms: number): Timer;
  clearTimeout(timer: Timer | undefined): void;
}

/** Longest delay that Node's timers keep; above it they fire at once. */
export const MAX_DELAY = 2_147_483_647;

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => performance.timeOrigin + performance.now(),
  setTimeout: (fn, ms) => setTimeout(fn, Math.min(ms, MAX_DELAY)).unref(),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined),
};
