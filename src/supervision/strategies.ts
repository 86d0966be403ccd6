import type { Clock } from '../core/clock.ts';
import { Backoff } from '../core/restart/backoff.ts';
import { RestartIntensity } from '../core/restart/intensity.ts';
import type { Child, ChildState } from './child/child.ts';
import type { Roster } from './child-list.ts';
import type { Children } from './children.ts';
import { ChildStartError, RestartIntensityError } from './errors.ts';
import { decide, type ExitReason, exitCause } from './exit.ts';
import type { Report } from './report.ts';
import type { RestartLimits, Strategy } from './spec.ts';

export interface RestartsOptions {
  readonly supervisor: string;
  readonly strategy: Strategy;
  readonly limits: RestartLimits;
  readonly clock: Clock;
  readonly roster: Roster;
  readonly children: Children;
  readonly report: Report;
  /** Whether the supervisor is running; once it is not, nothing is started any more. */
  readonly live: () => boolean;
  /** The intensity was exceeded. */
  readonly escalate: (error: RestartIntensityError) => void;
  /** A child has ended and stays stopped, or is gone. */
  readonly ended: (child: Child) => void;
}

/**
 * Restarts without a delay go through the clock too, every now and then. Where children die as soon as they start, and
 * `intensity` and `within` never put an end to it, nothing else in the process would get its turn.
 */
const LONGEST_ROW = 100;

/**
 * What happens when a child dies: the strategies. Everything in here runs in the child's lane, and returns between two
 * tries, so that whatever else waits in the lane gets its turn. After each `await` the supervisor may be stopping.
 */
export class Restarts {
  readonly #options: RestartsOptions;
  readonly #intensity: RestartIntensity;
  readonly #grouped: boolean;
  /** Restarts after a death that had no delay. */
  #atOnce = 0;

  constructor(options: RestartsOptions) {
    this.#options = options;
    this.#intensity = new RestartIntensity(options.limits, options.clock);
    this.#grouped = options.strategy === 'one_for_all' || options.strategy === 'rest_for_one';
  }

  /** A death notice has come. */
  died(child: Child): void {
    const death = child.state;
    child.lane.post(() => this.#settle(child, death));
  }

  /** A child that held up the restart of its group was stopped by hand: the others need not wait for it any longer. */
  goOnWithout(child: Child): void {
    const others = this.#group(child).filter((one) => one !== child);
    child.lane.post(() => this.#startAll(others));
  }

  async #settle(child: Child, state: ChildState): Promise<void> {
    // A restart of the group, or a call, was faster; it may have died again since, and then that death has its own turn.
    if (child.state !== state || state.kind !== 'dead' || !this.#options.live()) return;
    const decision = decide(child.settings.restart, state.reason);
    this.#options.report({ event: 'childExited', child: child.id, reason: state.reason, decision });
    if (decision === 'restart') return this.#again(child, state.reason, 'death');
    this.#options.children.forget(child);
    this.#options.ended(child);
  }

  async #again(child: Child, reason: ExitReason, after: 'death' | 'failed start'): Promise<void> {
    const { clock, limits, roster } = this.#options;
    if (after === 'death' && !this.#intensity.add()) return this.#giveUp(child, reason);
    child.lane.backoff ??= new Backoff({ ...limits, resetAfter: limits.within }, clock);
    const delay = child.lane.backoff.next();
    // A try that failed counts when the next one begins, so that a death that comes first, and takes the child with it, is all that
    // counts. If the next restart is certain to exceed the intensity, it is not awaited.
    if (after === 'failed start' && delay > 0 && this.#intensity.exceededIn(delay)) return this.#giveUp(child, reason);
    const waiting: ChildState & { kind: 'restarting' } = { kind: 'restarting', timer: undefined };
    roster.become(child, waiting);
    // During a delay no child may run on without those it depends on.
    if (this.#grouped) await this.#stopOthers(child, after === 'death' || delay > 0 ? 'all' : 'waiting');
    if (child.state !== waiting) return;
    if (after === 'death' && delay === 0 && ++this.#atOnce % LONGEST_ROW !== 0) return this.#attempt(child);
    const attempt = async (): Promise<void> => {
      if (child.state !== waiting || !this.#options.live()) return;
      if (after === 'failed start' && !this.#intensity.add()) this.#giveUp(child, reason);
      else await this.#attempt(child);
    };
    waiting.timer = clock.setTimeout(() => child.lane.post(attempt), delay);
    waiting.timer.ref();
  }

  #giveUp(child: Child, reason: ExitReason): void {
    const { supervisor, limits, escalate, children } = this.#options;
    if (child.state.kind !== 'stopped') children.forget(child);
    escalate(new RestartIntensityError(supervisor, child.id, limits, exitCause(child.id, reason)));
  }

  async #attempt(child: Child): Promise<void> {
    if (child.state.kind !== 'restarting' || !this.#options.live()) return;
    if (this.#grouped) await this.#stopOthers(child, 'all');
    if (child.state.kind === 'restarting') await this.#startAll(this.#group(child));
  }

  /** Those that are started when `child` is restarted, itself included, in the order of start. */
  #group(child: Child): Child[] {
    const { roster, strategy } = this.#options;
    if (strategy === 'one_for_all') return roster.all();
    return strategy === 'rest_for_one' ? [child, ...roster.after(child)] : [child];
  }

  /**
   * Stops the rest of the group in reverse order, one after the other, or of them only those that wait for their restart: from now on `child`
   * alone holds it up. A death meanwhile is part of this restart, and not another one.
   */
  async #stopOthers(child: Child, which: 'all' | 'waiting'): Promise<void> {
    for (const one of this.#group(child).reverse()) {
      if (one === child || one.state.kind === 'stopped' || (which === 'waiting' && one.state.kind !== 'restarting')) continue;
      await this.#options.children.stop(one);
      if (!this.#options.live()) return;
    }
  }

  /** Starts what does not run. The first that fails is the next to be restarted, and counts. */
  async #startAll(group: readonly Child[]): Promise<void> {
    for (const child of group) {
      if (!this.#options.live()) return;
      // Removed meanwhile, or running.
      if (child.origin === undefined || (child.state.kind !== 'stopped' && child.state.kind !== 'restarting')) continue;
      child.restarts++;
      const outcome = await this.#options.children.start(child);
      if (outcome.kind === 'failed' && this.#options.live())
        return this.#again(child, { kind: 'error', error: new ChildStartError(child.id, outcome.error) }, 'failed start');
      // Nothing has ended, so a significant child that has nothing to run does not end the supervisor.
      if (outcome.kind === 'ignored') this.#options.children.forget(child);
    }
  }
}
