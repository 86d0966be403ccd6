import type { StartReason, ThreadExitReason } from '../../core/events.ts';
import type { Services } from '../services.ts';
import { Crew } from './crew.ts';
import { type Filling, Fullness } from './fullness.ts';
import type { PoolThread } from './pool-thread.ts';
import type { Restarts } from './restarts.ts';
import { type RosterOptions, reasonOf } from './roster-host.ts';
import { Staging, type Wanting } from './staging.ts';

/** How many threads there are to be: slots that are filled, threads that stand by, and whether all of them are there. */
export abstract class Staff extends Crew implements Wanting {
  protected readonly services: Services;
  protected readonly restarts: Restarts;
  protected readonly staging: Staging;
  protected phase: 'open' | 'stopped' = 'open';
  protected nextKey = 1;
  readonly #options: RosterOptions;
  readonly #fullness: Fullness;
  /** Slots that are to be filled at most, and what it means that one is empty. */
  #most = Number.POSITIVE_INFINITY;
  #empty: Exclude<Filling['state'], 'whole'> = 'filling';

  constructor(options: RosterOptions, services: Services, restarts: Restarts) {
    super(options.threads, options.min ?? options.threads, services.clock.now(), options.follow !== undefined);
    this.services = services;
    this.restarts = restarts;
    this.#fullness = new Fullness(services.emitter);
    if (options.idleTimeout === undefined && !this.follows) this.spares = options.spares;
    this.#options = options;
    this.staging = new Staging(services.clock, options.staging ?? Number.POSITIVE_INFINITY, this);
  }

  /** Whether there are fewer threads than are wanted, those counted in that start or are planned. */
  get missing(): boolean {
    return this.surplus() < 0;
  }

  /** Threads that are starting. */
  get starting(): number {
    return this.count('starting');
  }

  /** Starts one of those that are missing. */
  startMissing(): void {
    this.start(reasonOf(this.#options, this.nextKey, this.surplus() < -this.spares));
  }

  get health(): Fullness['state'] {
    return this.#fullness.state;
  }

  /** Every slot has had a thread, all at the same time. */
  get wasFull(): boolean {
    return this.#fullness.wasFull;
  }

  /** Starts one thread more than the pool should have, so that another can go without a gap. One at a time; none while the pool is being closed. */
  startSuccessor(): void {
    if (this.phase === 'open' && this.surplus() <= 0 && !this.expects()) this.start('replacement');
  }

  /** Wants more slots filled: as many as that, or as there are. Returns how many. */
  grow(count: number): number {
    let grown = 0;
    while (this.phase === 'open' && grown < count && this.places.grow(this.services.clock.now())) grown++;
    this.fillSlots();
    this.watch();
    this.staging.fill();
    return grown;
  }

  /** Ends a thread that nothing needs, and leaves its slot empty. */
  shrink(thread: PoolThread): void {
    this.places.leave(thread.slot);
    this.stop(thread, 'idle');
    this.keepSpares(this.spares); // The successor of this thread is not needed any more.
  }

  /** Sets how many slots are to be filled from now on; a surplus slot that has a thread is given up when that is gone. */
  staff(count: number, empty: Exclude<Filling['state'], 'whole'>): void {
    if (this.phase === 'stopped') return;
    this.#most = count;
    this.#empty = empty;
    while (this.places.wanted < count) if (!this.places.grow(this.services.clock.now())) this.places.add();
    this.fillSlots();
    this.trim();
    this.watch();
    this.staging.fill();
  }

  /** As many threads are to stand by from now on. */
  keepSpares(count: number): void {
    if (this.phase === 'stopped') return;
    this.spares = count;
    for (let excess = this.count('spare') - count; excess > 0; excess--) {
      this.stop(this.dispensable()!, 'idle');
    }
    this.trim();
    this.staging.fill();
  }

  /** Whether a new thread is on its way. */
  expects(): boolean {
    return this.restarts.imminent || this.staging.pending || this.coming;
  }

  /** Threads beyond the number; below 0, as many are missing. A successor that was started early fills a gap as well as any other. */
  surplus(): number {
    return this.restarts.planned + this.excess;
  }

  protected watch(): void {
    if (this.phase !== 'open') return;
    const { places, serving: ready, follows } = this;
    // A pool that only waits for more is whole, once it has been.
    const threads = Math.min(follows && this.health !== 'ok' ? places.wanted : places.staffed, this.#most);
    if (follows && threads === 0 && ready > 0) return; // The last ones are about to go: nothing has come back, and nothing more can be missing.
    this.#fullness.update({ ready, threads, state: ready >= threads && (ready > 0 || !follows) ? 'whole' : this.#empty });
  }

  /** Where the number of slots follows something: gives up what is empty, and threads that have no place, where there are too many. */
  protected trim(): void {
    if (!this.follows || this.phase !== 'open') return;
    while (this.places.wanted > this.#most && this.places.drop());
    for (const thread of this.supernumerary(this.surplus())) this.stop(thread, 'idle');
  }

  abstract stop(thread: PoolThread, reason: ThreadExitReason): void;
  protected abstract start(reason: StartReason): void;
  protected abstract fillSlots(): void;
}
