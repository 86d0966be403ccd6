import type { AttemptEnd } from '../core/failure.ts';
import type { Attempt } from '../core/task.ts';
import type { DispatcherParts } from './dispatcher-host.ts';
import { Feeder } from './feeding/feeder.ts';
import { NEAR } from './feeding/take-back.ts';
import { AttemptEnds } from './outcomes/attempt-ends.ts';
import { Deaths } from './outcomes/deaths.ts';
import { Fences, mayRunOn } from './outcomes/fences.ts';
import { GivingUp } from './outcomes/giving-up.ts';
import { Intake } from './outcomes/intake.ts';
import { ModuleLoads } from './outcomes/module-loads.ts';
import { Watchdog } from './outcomes/watchdog.ts';
import type { DeathWitness } from './outcomes/witnesses.ts';
import { Backlog } from './queue/backlog.ts';
import { RecoveryBudget } from './queue/budget.ts';
import { Pace } from './queue/pace.ts';
import { Survey } from './survey.ts';
import { ThreadLife } from './thread-life.ts';
import { type Elasticity, elasticityOf } from './threads/elasticity.ts';
import { followingOf } from './threads/following.ts';
import type { Fence } from './threads/pool-thread.ts';
import { Recycling } from './threads/recycling.ts';
import { Restarts } from './threads/restarts.ts';
import { Roster } from './threads/roster.ts';

export type { DispatcherOptions } from './dispatcher-host.ts';

/** Which attempt goes where and when: joins queue, threads, clocks and blame. */
export class Dispatcher {
  readonly backlog: Backlog;
  readonly budget: RecoveryBudget;
  readonly pace: Pace;
  readonly roster: Roster;
  readonly survey: Survey;
  /** Counts what has begun and ended here. */
  readonly ends: AttemptEnds;
  readonly #reports: DeathWitness;
  readonly #feeder: Feeder;
  readonly #fences: Fences;
  readonly #givingUp: GivingUp;
  readonly #recycling: Recycling;
  /** Absent in a pool of a fixed number of threads. */
  readonly #elasticity: Elasticity | undefined;

  /** From below to above, so that each part is given those that it uses. The roster and the feeder are made early and opened late. */
  constructor({ executor, options, services, tracer, limits, reports, pressure, poolFailed }: DispatcherParts) {
    const { clock } = services;
    const { abortGrace } = options;
    const roster = new Roster(executor, options, services, new Restarts(options.restart, clock));
    const pace = new Pace(executor.distance?.pace);
    const budget = new RecoveryBudget(options.retryBudget);
    const backlog = new Backlog(budget, options.threads);
    const ends = new AttemptEnds(tracer);
    const recycling = new Recycling(options.recycle, roster, services.within);
    const elasticity = elasticityOf(options, { clock, roster, backlog, pace });
    const following = followingOf({ executor, options, roster, shared: [backlog, pressure] });
    const distance = executor.distance ?? NEAR;
    const feeder = new Feeder({ backlog, pace, services, tracer, roster, limits, distance, recycling, elasticity });
    const { takeBack } = feeder;
    const fences = new Fences({ clock, abortGrace, roster, backlog, reports });
    const moduleLoads = new ModuleLoads({ clock, options, backlog, ends, roster });
    const givingUp = new GivingUp({ services, roster, budget, fences, ends, takeBack });
    const watchdog = new Watchdog({ clock, roster, options, givingUp, moduleLoads });
    const intake = new Intake({ services, pace, budget, backlog, fences, ends, takeBack, feeder, moduleLoads });
    const deaths = new Deaths({ services, budget, ends, takeBack, reports });

    this.backlog = backlog;
    this.budget = budget;
    this.pace = pace;
    this.roster = roster;
    this.survey = new Survey(roster, backlog, elasticity);
    this.ends = ends;
    this.#reports = reports;
    this.#feeder = feeder;
    this.#fences = fences;
    this.#givingUp = givingUp;
    this.#recycling = recycling;
    this.#elasticity = elasticity;

    feeder.open({ watchdog, givingUp });
    const growth = elasticity;
    // Last, because a thread may tell something as soon as it is started.
    roster.open(new ThreadLife({ services, roster, feeder, intake, watchdog, fences, deaths, recycling, following, growth, poolFailed }));
  }

  submit(attempt: Attempt): void {
    this.backlog.push(attempt);
    this.#feeder.plan();
  }

  /** A task has been submitted, and its caller may keep this thread busy from now on: a thread that is idle is given it at once. */
  handOver(): void {
    this.#feeder.handOver();
  }

  /** Whether the attempt has begun to run. */
  started(attempt: Attempt): boolean {
    if (attempt.hasBegun) return true;
    const thread = attempt.state === 'queued' ? undefined : this.roster.threadOf(attempt);
    const bundle = thread?.bundleOf(attempt);
    return bundle !== undefined && bundle.attempts.indexOf(attempt) < thread!.standing(bundle).claimed;
  }

  /** Gives an attempt up. One that waits leaves; one that runs is stopped, or left to end as a surplus. */
  cancel(attempt: Attempt, mode: Fence['mode'], end: AttemptEnd = 'lost'): void {
    const wasSent = attempt.state === 'sent';
    const thread = wasSent ? this.roster.threadOf(attempt) : undefined;
    this.ends.gaveUp(attempt, end, thread);
    if (attempt.state === 'queued') this.backlog.remove(attempt);
    attempt.giveUp(wasSent && mode === 'surplus' ? 'surplus' : 'fenced');
    if (thread === undefined) return;
    if (mode === 'surplus' && mayRunOn(thread, attempt)) {
      this.#fences.watchSurplus(thread);
      return;
    }
    this.#givingUp.fence(thread, attempt, mode, 'aborted');
    this.#feeder.plan();
  }

  /**
   * The thread's result was found wrong: it gets nothing more, from here on.
   * @returns what retires it, after its current task; undefined if it is to go for that already
   */
  bar(attempt: Attempt): (() => void) | undefined {
    const thread = this.roster.threadOf(attempt);
    if (thread === undefined || thread.retiring === 'outvoted') return undefined;
    thread.retiring = 'outvoted'; // Whatever else it was to go for.
    return () => {
      this.#reports.gaveUp(thread, attempt);
      thread.handle.convicted?.();
      this.roster.dismiss(thread, 'outvoted');
    };
  }

  /** Replaces every thread that there is, one after another. */
  renewAll(): Promise<void> {
    return this.#recycling.renewAll();
  }

  /** Takes in whatever has arrived; to be called before a task is charged for what it has not done in time. */
  pollAll(): void {
    this.#feeder.listen();
  }

  /** Threads that are ended in good order, now or later, are given no more time for that. */
  hurry(): void {
    this.roster.patience.hurry();
  }

  stop(): Promise<number> {
    this.#feeder.stop();
    this.#elasticity?.stop();
    return this.roster.stopAll();
  }
}
