import type { Random } from '../../../src/core/random.ts';
import { FAIR, type Weather } from './sim-threads.ts';

export type Mode = 'init' | 'replay' | 'standby' | 'replicas' | 'single and wrong';

export const SNAPSHOT_EVERY = 16;

export function options(mode: Mode, random: Random): object {
  const common = {
    snapshotEvery: SNAPSHOT_EVERY,
    handlerTimeout: 2_000,
    startTimeout: 2_000,
    retry: Math.floor(random() * 3),
    restart: { intensity: 1_000_000, minTimeout: 0 },
  };
  if (mode === 'init') return { ...common, recover: 'init' };
  if (mode === 'standby') return { ...common, standby: 1 + Math.floor(random() * 2) };
  return mode === 'replicas' ? { ...common, replicas: 3 } : common;
}

export function weatherOf(mode: Mode, random: Random): Weather {
  if (mode === 'single and wrong') return { ...FAIR, spoil: 0.02 };
  const some = (most: number): number => (random() < 0.3 ? 0 : random() * most);
  // Replicas must not lose their majority to chance: what two bad cores say alike nobody can know.
  return { halfway: some(0.05), replaying: some(0.01), copying: some(0.1), idle: some(0.02), spoil: mode === 'replicas' ? some(0.03) : 0 };
}
