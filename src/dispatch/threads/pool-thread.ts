import type { Timer } from '../../core/clock.ts';
import type { StartReason, ThreadExitReason } from '../../core/events.ts';
import type { Gathered, Gathers } from '../../core/gathering.ts';
import { Latch } from '../../core/latch.ts';
import type { Attempt } from '../../core/task.ts';
import { ControlBlock } from '../../core/wire/control-block.ts';
import type { Domain, ExecutorThread } from '../../executors/executor.ts';
import { PHASE_SUCCESSORS, type Phase, type ThreadState } from './phase.ts';

/** Attempts that travel together. */
export interface Bundle {
  readonly number: number;
  readonly attempts: readonly Attempt[];
  /** Some of them are copies of tasks. */
  readonly hasCopies: boolean;
  /** Items that still belong to it; fewer than were sent once it was revoked. */
  size: number;
  /** Items whose outcome has arrived: they arrive in order. */
  reported: number;
  state: 'sent' | 'revoking' | 'revoked';
  /** When it was handed over, on the manager's clock. */
  readonly sentAt: number;
}

/** An attempt that was given up while it ran, and what is to happen to its thread. */
export interface Fence {
  readonly attempt: Attempt;
  readonly since: number;
  /** `stop`: it gets `abortGrace`, then its thread is terminated. `surplus`: its thread is terminated only if it is needed. */
  readonly mode: 'stop' | 'surplus';
  timer: Timer | undefined;
}

/** What its task modules want done before it ends: `asked` is being done, `over` has been, and `error` is what went wrong. */
export type Teardown = { readonly is: 'none' | 'wanted' | 'asked' } | { readonly is: 'over'; readonly error: unknown };

/** A thread as the dispatch sees it. */
export class PoolThread implements Gathers {
  /** Unique in the pool, and never used again. */
  readonly key: number;
  readonly startReason: StartReason;
  readonly bornAt: number;
  /** Its start is over, well or badly. */
  readonly begun: Latch = new Latch();
  /** It has exited, or was given up as an orphan. */
  readonly gone: Latch = new Latch();
  handle!: ExecutorThread;
  /** Opens when its modules have been torn down. */
  readonly torn: Latch = new Latch();
  teardown: Teardown = { is: 'none' };
  #phase: Phase = 'starting';
  slot = -1;
  generation = 0;
  /** At most two: one that runs, one behind it, so that the thread never waits for the manager. Oldest first. */
  readonly bundles: Bundle[] = [];
  nextBundle = 1;
  /** Most tasks that it is ever handed. */
  readonly quota: number;
  /** Tasks handed to it, and outcomes it gave. */
  started = 0;
  finished = 0;
  /** End of the last item whose outcome it has told of, on the manager's clock. */
  heardUntil = 0;
  /** Until when it may be busy with reading what it was handed, on the manager's clock. */
  readsUntil = 0;
  /** When it took its slot, on the manager's clock. */
  servesSince = 0;
  /** Messages that could not be read, and for which it has not accounted yet. */
  unaccounted = 0;
  fence: Fence | undefined;
  /** Reports that those who watch will be told of as one. */
  gathered: Gathered | undefined;
  /** Set once the pool has decided to end it. */
  stopReason: ThreadExitReason | undefined;
  /** To be ended as soon as it is between two tasks. */
  retiring: ThreadExitReason | undefined;
  /** Its place is lost, and its exit follows. */
  lost = false;

  constructor(key: number, startReason: StartReason, bornAt: number, quota: number = Number.POSITIVE_INFINITY) {
    this.quota = quota;
    this.key = key;
    this.startReason = startReason;
    this.bornAt = bornAt;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** @throws {Error} if no thread can go from its phase to that one: that would be a bug of the pool */
  become(phase: Phase): void {
    if (!PHASE_SUCCESSORS[this.#phase].includes(phase)) throw new Error(`Thread ${this.key} cannot go from ${this.#phase} to ${phase}.`);
    this.#phase = phase;
  }

  /** Where it lives, if copies are to be spread over several places. */
  get place(): Domain | undefined {
    return this.handle?.domain;
  }

  get domain(): string | undefined {
    return this.place?.name;
  }

  get threadId(): number {
    return this.handle.threadId;
  }

  /** Tasks that it may still be handed. */
  get left(): number {
    return this.quota - this.started;
  }

  get idle(): boolean {
    return this.bundles.length === 0;
  }

  get state(): ThreadState {
    return this.phase === 'serving' ? (this.idle ? 'ready' : 'busy') : this.phase;
  }

  /** What it has not begun is to run elsewhere: it is about to go, or an attempt that was given up may hold it. */
  get leaving(): boolean {
    return this.phase !== 'serving' || this.fence !== undefined || this.retiring !== undefined || this.lost;
  }

  /** May be given work. */
  get open(): boolean {
    return !this.leaving && this.left > 0;
  }

  /**
   * Whether one more bundle may lie here. Not if its position in the ring would collide with that of the running bundle: up to `RING` bundles can be
   * sent and revoked while one runs. Nor behind an attempt that is to show on a fresh thread, alone, whether it kills that.
   */
  get hasRoom(): boolean {
    const oldest = this.bundles[0];
    if (oldest === undefined) return true;
    if (this.bundles.length > 1 || oldest.attempts[0]!.placement?.fresh === true) return false;
    return this.nextBundle - oldest.number < ControlBlock.RING;
  }

  /** The item it is at, unless it is between two. */
  current(): { bundle: Bundle; index: number; attempt: Attempt } | undefined {
    for (const bundle of this.bundles) {
      const { claimed, finished } = this.standing(bundle);
      if (finished >= bundle.size) continue;
      if (claimed <= finished) return undefined;
      return { bundle, index: finished, attempt: bundle.attempts[finished]! };
    }
    return undefined;
  }

  /** How far a bundle has come. */
  standing(bundle: Bundle): { claimed: number; finished: number } {
    const { claimed, finished } = this.handle.standing(bundle.number);
    return {
      claimed: bundle.state === 'revoked' ? bundle.size : Math.min(claimed, bundle.size),
      finished: Math.min(finished, bundle.size),
    };
  }

  /** A bundle is complete. It may have been before: its last report and the answer to its revocation cross on their way. */
  drop(bundle: Bundle): void {
    const at = this.bundles.indexOf(bundle);
    if (at >= 0) this.bundles.splice(at, 1);
  }

  /** Attempts that are still this thread's. */
  held(): Attempt[] {
    return this.bundles.flatMap((bundle) => bundle.attempts.filter((attempt) => this.holds(attempt, bundle)));
  }

  /** Attempts that have ended here without their results having been sent. */
  unreported(): Attempt[] {
    const held: Attempt[] = [];
    for (const bundle of this.bundles) {
      const { finished } = this.standing(bundle);
      for (let i = bundle.reported; i < finished; i++) if (this.holds(bundle.attempts[i]!, bundle)) held.push(bundle.attempts[i]!);
    }
    return held;
  }

  /**
   * The bundle in which the attempt was handed over last, if it still lies here. It may stand in an earlier one as well, out of which it
   * was taken back, and which has not been reported in full.
   */
  bundleOf(attempt: Attempt): Bundle | undefined {
    return this.bundles.find(({ number, attempts }) => number === attempt.bundle && attempts.includes(attempt));
  }

  /** Where the attempt is on this thread, if it runs here. */
  locate(attempt: Attempt): { bundle: Bundle; index: number } | undefined {
    const bundle = this.bundleOf(attempt);
    if (bundle === undefined) return undefined;
    const index = bundle.attempts.indexOf(attempt);
    const { claimed, finished } = this.standing(bundle);
    return index >= finished && index < claimed && index < bundle.size ? { bundle, index } : undefined;
  }

  /** Whether the attempt is still this thread's, in this bundle: not given up, not given back and handed out again. */
  holds(attempt: Attempt, bundle: Bundle): boolean {
    return attempt.state === 'sent' && this.hadLast(attempt, bundle);
  }

  /** Whether the attempt was handed to no thread since it was handed to this one in this bundle. */
  hadLast(attempt: Attempt, { number }: Bundle): boolean {
    return attempt.threadKey === this.key && attempt.bundle === number;
  }

  /** Whether a bundle lies in its mail that it has not looked at. */
  get hasMail(): boolean {
    return this.handle.seen < this.nextBundle - 1;
  }

  /** Since when it may be at its item, on the manager's clock. The marks of a far thread may be older than its last report. */
  get busySince(): number {
    return Math.max(this.heardUntil, this.handle.itemStartedAt);
  }

  /** Since when the first item of a bundle that it has not told of may have run. */
  untoldSince(bundle: Bundle): number {
    return Math.max(this.heardUntil, bundle.sentAt);
  }

  /** Items that have begun and that it has not told of, with their place in their bundle. */
  *untold(): Generator<{ readonly bundle: Bundle; readonly index: number; readonly attempt: Attempt; readonly runs: boolean }> {
    for (const bundle of this.bundles) {
      const { claimed, finished } = this.standing(bundle);
      for (let index = bundle.reported; index < claimed; index++)
        yield { bundle, index, attempt: bundle.attempts[index]!, runs: index >= finished };
    }
  }

  /** Items that were handed to it and not claimed. */
  unclaimed(): number {
    let count = 0;
    for (const bundle of this.bundles) {
      if (bundle.state === 'sent') count += bundle.size - this.standing(bundle).claimed;
    }
    return count;
  }
}
