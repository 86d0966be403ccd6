import type { PoolEvents } from '../../../src/core/events.ts';
import type { FailureKind } from '../../../src/core/failure.ts';
import type { World } from '../world/world.ts';
import type { TaskTruth } from './truth.ts';

/** Outcomes that say nothing about a key. */
const SILENT: ReadonlySet<FailureKind | undefined> = new Set(['aborted', 'quarantined', 'rejected', 'startup'] as const);

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

  settled(truth: TaskTruth, kind: FailureKind | undefined): void {
    this.#latest = { truth, was: 'settled' };
    const shows = truth.starts.length > 0 && !SILENT.has(kind);
    // One that has shown nothing decides nothing: the next is the probe, and if none comes for long the key is forgotten.
    if (this.#probes.get(truth.key) === truth && !shows) this.#probes.delete(truth.key);
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
