import { normal } from './chance.ts';

/** Above it the recursion takes long, and its limit is as good. */
const MANY = 100_000;

/** Erlang's C: chance that a task has to wait with `servers` threads and `busy` of them busy on average. 1 where they are not enough. */
export function erlangC(servers: number, busy: number): number {
  if (busy >= servers) return 1;
  if (busy <= 0) return 0;
  if (servers > MANY) return halfinWhitt((servers - busy) / Math.sqrt(busy));
  let blocked = 1;
  for (let k = 1; k <= servers; k++) blocked = (busy * blocked) / (k + busy * blocked);
  return blocked / (1 - (busy / servers) * (1 - blocked));
}

/** Its limit for many threads, by the room that is left in units of the root of those that are busy (Halfin and Whitt 1981). */
function halfinWhitt(room: number): number {
  return room > 38 ? 0 : 1 / (1 + Math.sqrt(2 * Math.PI) * room * normal(room) * Math.exp(room ** 2 / 2));
}

/** Chance that a task waits longer than `late`: M/M/c, first in first out. Times in milliseconds. */
export function lateShare(servers: number, busy: number, service: number, late: number): number {
  if (busy >= servers) return 1;
  return erlangC(servers, busy) * Math.exp((-(servers - busy) * late) / service);
}

/** Mean wait: M/M/c. Milliseconds. */
export function meanWait(servers: number, busy: number, service: number): number {
  return busy >= servers ? Number.POSITIVE_INFINITY : (erlangC(servers, busy) * service) / (servers - busy);
}

/** A queue that grows on average by `drift` a millisecond, with `variance` a millisecond. */
export interface Queue {
  readonly drift: number;
  readonly variance: number;
  /** How long it is at first. @default 0 */
  readonly start?: number;
}

/** Chance that it is longer than `length` after `ms`: reflected Brownian motion. */
export function longerThan({ drift, variance, start = 0 }: Queue, length: number, ms: number): number {
  if (ms <= 0) return length < start ? 1 : 0;
  const spread = Math.sqrt(variance * ms);
  const mirrored = normal((-length - start - drift * ms) / spread);
  // The factor may be too large for a number where the chance is too small for one.
  const factor = mirrored === 0 ? 0 : Math.exp(Math.min(700, (2 * drift * length) / variance)) * mirrored;
  return Math.min(1, 1 - normal((length - start - drift * ms) / spread) + factor);
}

/** Simpson's rule; `steps` is even. */
export function integral(f: (x: number) => number, from: number, to: number, steps: number): number {
  const step = (to - from) / steps;
  let sum = f(from) + f(to);
  for (let i = 1; i < steps; i++) sum += f(from + i * step) * (i % 2 === 1 ? 4 : 2);
  return (sum * step) / 3;
}
