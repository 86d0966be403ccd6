import { type Random, seeded } from '../../../src/core/random.ts';
import { FAIR, type Weather } from './sim-threads.ts';

export type Mode = 'init' | 'replay' | 'standby' | 'replicas' | 'single and wrong';

export const SNAPSHOT_EVERY = 16;
/** Milliseconds of the virtual clock. */
export const HANDLER_TIMEOUT = 200;

export function options(mode: Mode, random: Random, seed: number): Record<string, unknown> & { readonly retry: number } {
  const common = {
    snapshotEvery: SNAPSHOT_EVERY,
    handlerTimeout: HANDLER_TIMEOUT,
    startTimeout: 2_000,
    retry: Math.floor(random() * 3),
    ...lowBytes(seed),
    restart: { intensity: 1_000_000, minTimeout: 0 },
  };
  if (mode === 'init') return { ...common, recover: 'init' };
  if (mode === 'standby') return { ...common, standby: 1 + Math.floor(random() * 2) };
  return mode === 'replicas' ? { ...common, replicas: 3 } : common;
}

/** In every third world the log is bounded by its bytes sooner than by its messages. */
function lowBytes(seed: number): object {
  const random = seeded(seed ^ 0xb17e5);
  return random() < 1 / 3 ? { maxLogBytes: 200 + Math.floor(random() * 600) } : {};
}

/** How often a state is silently wrong: in half of the worlds, and there so often that it stands between two copies. */
export function sideOf(mode: Mode, seed: number): number {
  const random = seeded(seed ^ 0x51de5);
  return mode === 'replicas' && random() < 0.5 ? 0.01 + random() * 0.05 : 0;
}

/** How many of the messages go on with something, by `continue`: in four of ten worlds some do. */
export function goingOnOf(seed: number): number {
  const random = seeded(seed ^ 0xc047e);
  return random() < 0.4 ? 0.05 + random() * 0.3 : 0;
}

export function weatherOf(mode: Mode, random: Random): Weather {
  if (mode === 'single and wrong') return { ...FAIR, spoil: 0.02 };
  const some = (most: number): number => (random() < 0.3 ? 0 : random() * most);
  // Replicas must not lose their majority to chance: what two bad cores say alike cannot be known.
  return { halfway: some(0.05), replaying: some(0.01), copying: some(0.1), idle: some(0.02), spoil: mode === 'replicas' ? some(0.03) : 0 };
}
