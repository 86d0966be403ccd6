/** One way in which an attempt fails: its chance, and the milliseconds until it is noticed and until its thread is replaced. */
export interface FaultClass {
  readonly chance: number;
  readonly found: number;
  readonly replaced: number;
}

/** Thread time per task, and where it goes. */
export interface Faults {
  readonly service: number;
  readonly classes: readonly FaultClass[];
  /** Attempts that a task gets at most; may be `Infinity`. */
  readonly attempts: number;
}

export const failing = (classes: readonly FaultClass[]): number => classes.reduce((sum, { chance }) => sum + chance, 0);

/** Chance that a task fails in spite of its retries: p^A. */
export const lostAfter = (p: number, attempts: number): number => p ** attempts;

/** Attempts that bring the chance of failure to 10^-nines; `undefined` where none do. */
export function attemptsFor(p: number, nines: number): number | undefined {
  if (p <= 0) return 1;
  return p >= 1 ? undefined : Math.max(1, Math.ceil(-nines / Math.log10(p) - 1e-9));
}

/** Mean number of attempts of a task: 1 + p + p² + ... */
export const attemptsUsed = (p: number, attempts: number): number => (p >= 1 ? attempts : (1 - p ** attempts) / (1 - p));

/** Mean thread time of an attempt, its replacement included. Milliseconds. */
export function timePerAttempt({ service, classes }: Faults): number {
  return (1 - failing(classes)) * service + classes.reduce((sum, { chance, found, replaced }) => sum + chance * (found + replaced), 0);
}

/** Thread time of a task with all its attempts, over its time without faults. */
export const overhead = (faults: Faults): number =>
  (timePerAttempt(faults) / faults.service) * attemptsUsed(failing(faults.classes), faults.attempts);

/** The same faults, in the same mixture, so that `p` of the attempts fail. Without any: attempts that throw at their end. */
export function scaledTo(faults: Faults, p: number): Faults {
  const total = failing(faults.classes);
  if (total === 0) return { ...faults, classes: [{ chance: p, found: faults.service, replaced: 0 }] };
  return { ...faults, classes: faults.classes.map((each) => ({ ...each, chance: (each.chance * p) / total })) };
}

/** Share of failing attempts above which a system at this load has more to do than it can; `undefined` if no share does that. */
export function tippingPoint(load: number, faults: Faults): number | undefined {
  const asked = (p: number): number => load * overhead(scaledTo(faults, p));
  if (asked(1) <= 1) return undefined;
  let [low, high] = [0, 1];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (asked(middle) > 1) high = middle;
    else low = middle;
  }
  return low;
}

/** Longest time-out with which a load stays below 1 although `hang` of the attempts end by it; at most 0 if no time-out does that. */
export function longestTimeout(load: number, { service, classes, attempts }: Faults, hang: FaultClass): number {
  const p = failing(classes);
  const rest = timePerAttempt({ service, attempts, classes: classes.filter((each) => each !== hang) }) - hang.chance * service;
  return (service / (load * attemptsUsed(p, attempts)) - rest) / hang.chance - hang.replaced;
}

/** What becomes of a storm, as shares of all tasks that come. */
export interface Storm {
  /** Tasks that get their first attempt. */
  readonly begun: number;
  /** Tasks that are fulfilled. */
  readonly fulfilled: number;
}

/**
 * The recovery work of a storm goes first as long as it stays within `budget` of the thread time. Above it fresh tasks get what is left: at least
 * 1 - budget, however many attempts fail.
 */
export function storm(load: number, faults: Faults, budget: number): Storm {
  const p = failing(faults.classes);
  const cost = timePerAttempt(faults) / faults.service;
  const attempts = attemptsUsed(p, faults.attempts);
  const retryFirst = 1 / (cost * attempts);
  const begun = Math.min(load, Math.max(retryFirst, (1 - budget) / cost));
  const served = Math.min(load * attempts, 1 / cost);
  return { begun: begun / load, fulfilled: (served * (1 - p)) / load };
}
