const TICK_MS = 250;

/** Waits for an end that may never come. */
export interface StallWatch {
  /** Looks whether the end has come. */
  check(): void;
  /** Resolves `done` when it has; `stalled` with the time of the last step when nothing moved for too long. */
  readonly end: Promise<{ readonly stalled: boolean; readonly at: number }>;
}

/**
 * @param steps grows with every step forward
 * @param onTick called about four times a second
 */
export function watchForStall(isDone: () => boolean, steps: () => number, stallMs: number, onTick?: () => void): StallWatch {
  let seen = steps();
  let movedAt = performance.now();
  let close: (stalled: boolean, at: number) => void = () => {};
  const end = new Promise<{ stalled: boolean; at: number }>((resolve) => {
    close = (stalled, at) => {
      clearInterval(timer);
      resolve({ stalled, at });
    };
  });
  const timer = setInterval(() => {
    onTick?.();
    if (steps() !== seen) {
      seen = steps();
      movedAt = performance.now();
    } else if (performance.now() - movedAt > stallMs) close(true, movedAt);
  }, TICK_MS);
  const check = (): void => {
    if (isDone()) close(false, performance.now());
  };
  return { check, end };
}
