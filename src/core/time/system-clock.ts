import { performance } from 'node:perf_hooks';
import timers from 'node:timers';
import type { KeepAlive } from '../clock.ts';
import { AttendedClock } from './attended-clock.ts';

// Taken once, and from Node's modules: test libraries put their own into the globals, for a while, and those may never call back.
const { setTimeout, clearTimeout, setInterval, clearInterval } = timers;
const now: () => number = performance.now.bind(performance);
const wall: () => number = Date.now;
const cpuUsage: typeof process.cpuUsage = process.cpuUsage.bind(process);

/** The clock of this program: one for all pools, so that they share its tick. */
export const systemClock: AttendedClock = new AttendedClock({
  now,
  wall,
  cpuTime: () => {
    const { user, system } = cpuUsage();
    return (user + system) / 1000;
  },
  setTimeout: (fn, ms) => setTimeout(fn, ms).unref(),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
});

/** One timer for the whole pool; taking hold costs next to nothing. */
export function systemKeepAlive(): KeepAlive {
  const timer = setInterval(() => {}, 2_147_483_647).unref();
  let holders = 0;
  return {
    hold: () => {
      if (holders++ === 0) timer.ref();
    },
    release: () => {
      if (--holders === 0) timer.unref();
    },
    close: () => clearInterval(timer),
  };
}
