import { ownOf } from '../core/foreign/foreign.ts';
import type { Complete } from '../core/foreign/given.ts';
import { systemClock } from '../core/time/system-clock.ts';
import { type CheckedOptions, checkOptions, checkSettings, checkSpec } from './check.ts';
import type { Child } from './child/child.ts';
import type { LaunchOutcome } from './child/launch.ts';
import type { ChildCount } from './child-list.ts';
import {
  ChildExistsError,
  ChildNotFoundError,
  ChildNotStoppedError,
  ChildStartCancelledError,
  ChildStartError,
  SupervisorStateError,
  WrongStrategyError,
} from './errors.ts';
import type { ExitReason } from './exit.ts';
import type { Lane } from './lane.ts';
import { Lifecycle } from './lifecycle.ts';
import { type ChildInfo, childInfo, childNode } from './snapshot.ts';
import type { ChildSettings, ChildSpec, ChildTemplate, Origin, RunningChild, SupervisorOptions } from './spec.ts';
import type { TreeNode } from './tree.ts';

/**
 * Starts children in order, restarts those that die, stops them in reverse order, and gives up, with the cause, when they
 * die faster than its restart intensity allows. The semantics are those of Erlang/OTP's `supervisor`.
 *
 * A supervisor is itself a `RunningChild`, so it can stand under another: see `supervisorChild`.
 *
 * ```ts
 * const supervisor = new Supervisor({ strategy: 'rest_for_one', children: [database, cache, server] });
 * await supervisor.start();
 * ```
 */
export class Supervisor<Argument = never> implements RunningChild {
  /** Its name in reports, errors and the tree. */
  readonly id: string;
  readonly #options: CheckedOptions;
  readonly #template: ChildTemplate<Argument> | undefined;
  readonly #templateSettings: Complete<ChildSettings> | undefined;
  readonly #life: Lifecycle;
  #instances = 0;

  /** @throws `InvalidOptionError` or `OptionRangeError`, `ERR_INVALID_OPTION`: a bad option or a bad child spec */
  constructor(options: SupervisorOptions<Argument> = {}) {
    const own = ownOf(options);
    const checked = checkOptions(own as SupervisorOptions<never>);
    this.id = checked.id;
    this.#options = checked;
    this.#template = own.template;
    this.#templateSettings = own.template === undefined ? undefined : checkSettings(own.template, checked.autoShutdown);
    const { clock = systemClock, report: listener } = own;
    this.#life = new Lifecycle({ ...checked, clock, listener, together: this.#templateSettings });
    for (const spec of own.children ?? []) {
      const id = checkSpec(spec);
      const settings = checkSettings(spec, checked.autoShutdown);
      const present = this.#life.roster.get(id);
      if (present !== undefined) throw new ChildExistsError(id, 'given twice');
      this.#life.add(id, settings, this.#life.newLane(), spec);
    }
  }

  /** Settles when the supervisor and all its children have stopped; never rejects. `error` means that it gave up. */
  get exited(): Promise<ExitReason> {
    return this.#life.exited;
  }

  /**
   * Starts the children, one after the other. If one fails to start, those before it are stopped again. A child that dies once it has
   * started is no failure of the start: what comes of it, be it the end of the supervisor, `exited` tells.
   *
   * @throws `ChildStartError` with the cause; `SupervisorStateError` if it was started before, or is stopped meanwhile
   */
  async start(): Promise<this> {
    await this.#life.start();
    return this;
  }

  /**
   * Stops the children in reverse order, each after the one before it is dead, and then the supervisor, for good. It also
   * breaks off a start or a restart that is under way. May be called at any time, any number of times.
   *
   * @returns a promise of the reason for which the supervisor has stopped: the first one
   */
  stop(): Promise<ExitReason> {
    this.#life.end({ kind: 'shutdown' });
    return this.exited;
  }

  /** Kills all children at once, without asking. */
  kill(): void {
    this.#life.kill();
  }

  /** For `await using`: the same as `stop()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /**
   * Adds a child, last in the order of start, and starts it.
   *
   * @throws `ChildStartError`: the child is not kept; `ChildExistsError`; `SupervisorStateError`; `WrongStrategyError`
   */
  async startChild(spec: ChildSpec): Promise<ChildInfo> {
    if (this.#template !== undefined)
      throw new WrongStrategyError('startChild', 'one_for_one, one_for_all or rest_for_one', this.#options.strategy);
    return this.#startNew(checkSpec(spec), checkSettings(spec, this.#options.autoShutdown), spec);
  }

  /**
   * Starts one more child of a `simple_one_for_one` supervisor from its template.
   *
   * @param id default: a number that grows
   * @throws as `startChild`
   */
  async startInstance(argument: Argument, id: string = String(++this.#instances)): Promise<ChildInfo> {
    const template = this.#template;
    if (template === undefined) throw new WrongStrategyError('startInstance', 'simple_one_for_one', this.#options.strategy);
    return this.#startNew(id, this.#templateSettings!, { start: (context) => template.start(context, argument) });
  }

  /**
   * Stops a child, also one that is starting or waiting to be restarted. Its spec is kept, unless it is temporary or one of a
   * simple supervisor. To stop a stopped child is no error.
   *
   * @throws `ChildNotFoundError`, `SupervisorStateError`
   */
  async terminateChild(id: string): Promise<void> {
    const lane = this.#findLane(id);
    const found = this.#life.roster.get(id);
    if (found !== undefined) this.#life.children.cancel(found);
    const outcome = await lane.run(async () => {
      // It is stopped with all the others. One that never was is not.
      if (this.#life.state !== 'running' && this.#life.roster.get(id) !== undefined) return 'stopping';
      this.#expectRunning();
      const child = this.#find(id);
      const held = child.state.kind === 'restarting';
      await this.#life.children.stop(child);
      if (held) this.#life.restarts.goOnWithout(child);
      this.#life.children.forget(child);
      return 'stopped';
    });
    if (outcome === 'stopping') await this.exited;
  }

  /**
   * Starts a child again that is stopped.
   *
   * @throws `ChildStartError`: the child stays stopped; `ChildNotFoundError`, `ChildNotStoppedError`, `SupervisorStateError`
   */
  async restartChild(id: string): Promise<ChildInfo> {
    return this.#findLane(id).run(async () => {
      const child = this.#findStopped(id);
      child.restarts++;
      return answer(child, await this.#life.children.start(child));
    });
  }

  /**
   * Removes a child that is stopped, spec and all.
   *
   * @throws `ChildNotFoundError`, `ChildNotStoppedError`, `SupervisorStateError`
   */
  async deleteChild(id: string): Promise<void> {
    await this.#findLane(id).run(() => this.#life.roster.remove(this.#findStopped(id)));
  }

  /** The children in the order of start. Answers at any time, also during a restart. */
  which(): ChildInfo[] {
    return this.#life.roster.all().map(childInfo);
  }

  /** How many children there are. Answers at any time and costs nothing. */
  count(): ChildCount {
    const count = this.#life.roster.count();
    return this.#template === undefined ? count : { ...count, specs: 1 };
  }

  /** The live tree below this supervisor. Answers at any time. Print it with `renderTree`. */
  tree(): TreeNode {
    const { roster, children, state } = this.#life;
    const { orphans } = children;
    const node = { id: this.id, kind: 'supervisor', strategy: this.#options.strategy, state, restarts: 0 };
    return { ...node, ...(orphans > 0 ? { orphans } : {}), children: roster.all().map(childNode) };
  }

  #startNew(id: string, settings: Complete<ChildSettings>, origin: Origin): Promise<ChildInfo> {
    // Behind whatever was asked of a child of that id before, which may be to stop it for good.
    const lane = this.#life.roster.get(id)?.lane ?? this.#life.newLane();
    return lane.run(async () => {
      this.#expectRunning();
      const present = this.#life.roster.get(id);
      if (present !== undefined) throw new ChildExistsError(id, present.state.kind);
      const child = this.#life.add(id, settings, lane, origin);
      const outcome = await this.#life.children.start(child);
      if (outcome.kind === 'ignored') this.#life.children.forget(child);
      else if (outcome.kind !== 'started') this.#life.roster.remove(child);
      return answer(child, outcome);
    });
  }

  #find(id: string): Child {
    const child = this.#life.roster.get(id);
    if (child === undefined) throw new ChildNotFoundError(id);
    return child;
  }

  #findStopped(id: string): Child {
    this.#expectRunning();
    const child = this.#find(id);
    if (child.state.kind !== 'stopped') throw new ChildNotStoppedError(id, child.state.kind);
    return child;
  }

  /** Where calls about that child wait for their turn. Under a shared lane the child may still have to be added, by a call before. */
  #findLane(id: string): Lane {
    this.#expectRunning();
    return this.#life.sharedLane ?? this.#find(id).lane;
  }

  #expectRunning(): void {
    if (this.#life.state !== 'running') throw new SupervisorStateError(this.id, 'running', this.#life.state);
  }
}

function answer(child: Child, outcome: LaunchOutcome): ChildInfo {
  if (outcome.kind === 'failed') throw new ChildStartError(child.id, outcome.error);
  if (outcome.kind === 'cancelled') throw new ChildStartCancelledError(child.id);
  return childInfo(child);
}
