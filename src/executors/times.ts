import type { Clock } from '../core/clock.ts';

/** Times that a thread has measured, on the manager's clock: the same, unless the program has stood still in its life. */
export function timesOn(clock: Clock | undefined, times: readonly number[]): readonly number[] {
  if (clock === undefined || times.length === 0) return times;
  const [first] = times as readonly [number];
  const last = times[times.length - 1]!;
  const shift = first - clock.fromMachine(first);
  if (shift === last - clock.fromMachine(last)) return shift === 0 ? times : times.map((time) => time - shift);
  return times.map((time) => clock.fromMachine(time));
}
