import type { Clock } from '../core/clock.ts';
import type { Complete } from '../core/foreign/given.ts';
import type { CheckedOptions } from './check.ts';
import { callUser } from './child/call-user.ts';
import { Child } from './child/child.ts';
import type { ShutdownLimits } from './child/shutdown.ts';
import { Roster } from './child-list.ts';
import { Children } from './children.ts';
import { ChildStartError, SupervisorStateError } from './errors.ts';
import type { ExitReason } from './exit.ts';
import { Lane, Traffic } from './lane.ts';
import type { Report, SupervisorListener } from './report.ts';
import type { ChildSettings, Origin } from './spec.ts';
import { Restarts } from './strategies.ts';

/** `killing` is `stopping` in a hurry. The reason is the first cause. */
export type SupervisorState =
  | { readonly kind: 'idle' | 'starting' | 'running' }
  | { readonly kind: 'stopping' | 'killing' | 'stopped'; readonly reason: ExitReason };

export interface LifecycleOptions extends CheckedOptions {
  readonly clock: Clock;
  readonly listener: SupervisorListener | undefined;
  /** The children of a simple supervisor are stopped all at once, within these limits. */
  readonly together: ShutdownLimits | undefined;
}

/** The life of a supervisor, from `idle` to `stopped`: start in order, stop in reverse. */
export class Lifecycle {
  readonly exited: Promise<ExitReason>;
  readonly roster: Roster = new Roster();
  readonly children: Children;
  readonly restarts: Restarts;
  readonly #options: LifecycleOptions;
  readonly #traffic: Traffic = new Traffic((error) => this.end({ kind: 'error', error }));
  /** The lane of the start, and of all children where they depend on each other. */
  readonly #lane: Lane = new Lane(this.#traffic);
  #state: SupervisorState = { kind: 'idle' };
  /** Children that died before all had started. */
  readonly #early: Child[] = [];
  #resolveExited!: (reason: ExitReason) => void;

  constructor(options: LifecycleOptions) {
    this.#options = options;
    this.exited = new Promise((resolve) => {
      this.#resolveExited = resolve;
    });
    const { roster } = this;
    const { id, clock, listener, strategy, limits } = options;
    const report = this.#report;
    const forgetful = options.together !== undefined;
    this.children = new Children({ roster, clock, report, listener, forgetful, died: (child) => this.#died(child) });
    this.restarts = new Restarts({
      supervisor: id,
      strategy,
      limits,
      clock,
      roster,
      report,
      children: this.children,
      live: () => this.#state.kind === 'running',
      escalate: (error) => {
        report({ event: 'gaveUp', error });
        this.end({ kind: 'error', error });
      },
      ended: (child) => this.#ended(child),
    });
  }

  get state(): SupervisorState['kind'] {
    return this.#state.kind;
  }

  /** The lane that all children share, if they depend on each other. */
  get sharedLane(): Lane | undefined {
    const { strategy } = this.#options;
    return strategy === 'one_for_all' || strategy === 'rest_for_one' ? this.#lane : undefined;
  }

  /** A new child, stopped, last in the order of start. */
  add(id: string, settings: Complete<ChildSettings>, lane: Lane, origin: Origin): Child {
    const child = new Child(id, settings, lane, origin);
    this.roster.add(child);
    return child;
  }

  newLane(): Lane {
    return this.sharedLane ?? new Lane(this.#traffic);
  }

  async start(): Promise<void> {
    if (this.#state.kind !== 'idle') throw new SupervisorStateError(this.#options.id, 'idle', this.#state.kind);
    this.#state = { kind: 'starting' };
    // Once all have started, it has started: if a child died meanwhile, `exited` reports the consequences, as for any later death.
    if ((await this.#lane.run(() => this.#startAll())) === 'started') return;
    const reason = await this.exited;
    throw reason.kind === 'error' ? reason.error : new SupervisorStateError(this.#options.id, 'running', 'stopped');
  }

  /** Stops everything; the first reason stands. */
  end(reason: ExitReason): void {
    switch (this.#state.kind) {
      case 'idle':
        this.#stopped(reason);
        return;
      case 'starting':
      case 'running':
        this.#state = { kind: 'stopping', reason };
        for (const child of this.roster.all()) this.children.cancel(child);
        void this.#finish(reason);
    }
  }

  kill(): void {
    this.end({ kind: 'killed' });
    if (this.#state.kind !== 'stopping') return;
    this.#state = { kind: 'killing', reason: this.#state.reason };
    void this.children.kill(this.roster.all());
  }

  #died(child: Child): void {
    if (this.#state.kind === 'starting') this.#early.push(child);
    else this.restarts.died(child);
  }

  async #startAll(): Promise<'started' | 'ended'> {
    for (const child of this.roster.all()) {
      const outcome = await this.children.start(child);
      if (this.#state.kind !== 'starting') return 'ended';
      if (outcome.kind === 'failed') {
        this.end({ kind: 'error', error: new ChildStartError(child.id, outcome.error) });
        return 'ended';
      }
      if (outcome.kind === 'ignored') this.children.forget(child);
    }
    this.#state = { kind: 'running' };
    // Those that died while others were still starting had to wait; they are seen to in the order of their deaths.
    for (const child of this.#early.splice(0)) this.restarts.died(child);
    return 'started';
  }

  async #finish(reason: ExitReason): Promise<void> {
    await this.#traffic.idle();
    const all = this.roster.all();
    if (this.#options.together !== undefined) {
      await this.children.stopTogether(all, this.#options.together);
    } else {
      for (const child of all.reverse()) {
        if (this.state === 'killing') break;
        await this.children.stop(child);
      }
    }
    if (this.state === 'killing') await this.children.kill(all);
    for (const child of all) child.origin = undefined;
    this.#stopped(reason);
  }

  #stopped(reason: ExitReason): void {
    this.#state = { kind: 'stopped', reason };
    this.#report({ event: 'stopped', reason });
    this.#resolveExited(reason);
  }

  #ended(child: Child): void {
    if (!child.settings.significant) return;
    if (this.#options.autoShutdown === 'all_significant' && this.roster.significantUp > 0) return;
    this.end({ kind: 'shutdown', detail: `significant child ${JSON.stringify(child.id)} ended` });
  }

  readonly #report: Report = (event) => {
    const { listener, id, clock } = this.#options;
    if (listener !== undefined) callUser(() => listener({ ...event, supervisor: id, at: clock.wall() }), IGNORE);
  };
}

/** A listener that throws harms nothing. */
const IGNORE = (): void => {};
