import type { Clock } from '../clock.ts';

// Taken before code of the user can put something in its place: see core/foreign/intrinsics.ts.
const hrtime = process.hrtime.bind(process);

/** Milliseconds on the machine's monotonic clock: the same for all processes and threads of the machine. */
export function machineNow(): number {
  const [seconds, nanoseconds] = hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

/** Milliseconds that the machine's monotonic clock shows at zero of this one. */
export const epochOf = (clock: Clock): number => machineNow() - clock.machine();
