import type { Clock } from '../../core/clock.ts';

/** What the machine's monotonic clock shows at zero of this one, in milliseconds: the same for all processes of the machine. */
export function epochOf(clock: Clock): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6 - clock.machine();
}
