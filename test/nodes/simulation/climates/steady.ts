import type { Climate } from '../climate.ts';

/** Nothing goes wrong by itself, and everything takes as long as it always does. */
export const STEADY = {
  votes: false,
  runLimit: Number.POSITIVE_INFINITY,
  scatter: 0,
  startTime: 50,
  latency: 0.2,
  beat: 250,
  once: 0,
  large: 0,
  throws: 0,
  crashes: 0,
  hangs: 0,
  every: {},
  frames: {},
} as const satisfies Partial<Climate>;
