import type { PoolEvents } from '../../../src/core/events.ts';
import type { World } from '../world/world.ts';
import type { TaskTruth } from './truth.ts';

/** Whether a key that was closed opens again is decided by its probe, and by no other task. */
export class QuarantineCheck {
  readonly #world: World;
  /** The probe of each key that has one; `undefined` where it is not known which task it is. */
  readonly #probes = new Map<string, TaskTruth | undefined>();
  #latest: { readonly truth: TaskTruth; readonly was: 'accepted' | 'settled' } | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  accepted(truth: TaskTruth): void {
    this.#latest = { truth, was: 'accepted' };
  }

  settled(truth: TaskTruth): void {
    this.#latest = { truth, was: 'settled' };
    if (this.#probes.get(truth.key) === truth && truth.starts.length === 0) this.#probes.delete(truth.key); // It has shown nothing.
  }

  told({ key, state }: PoolEvents['quarantine']): void {
    const { truth, was } = this.#latest ?? {};
    if (state === 'probe') {
      this.#probes.set(key, was === 'accepted' && truth?.key === key ? truth : undefined);
      return;
    }
    const probe = this.#probes.get(key);
    this.#probes.delete(key);
    if (probe !== undefined && !(was === 'settled' && truth === probe))
      this.#world.fail(`key ${key} became ${state} through task ${truth?.uid}; its probe is task ${probe.uid}`);
  }
}
