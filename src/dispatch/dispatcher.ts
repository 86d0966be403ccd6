import type { ThreadExitReason } from '../core/events.ts';
import type { AttemptEnd } from '../core/failure.ts';
import type { Attempt } from '../core/task.ts';
import type { ThreadEvents } from '../executors/executor.ts';
import type { DispatcherEvents, DispatcherParts } from './dispatcher-host.ts';
import { Feeder } from './feeding/feeder.ts';
import { NEAR } from './feeding/take-back.ts';
import { AttemptEnds } from './outcomes/attempt-ends.ts';
import { Deaths } from './outcomes/deaths.ts';
import { Fences, mayRunOn } from './outcomes/fences.ts';
import { GivingUp } from './outcomes/giving-up.ts';
import { Intake } from './outcomes/intake.ts';
import { tellLateError } from './outcomes/late-error.ts';
import { ModuleLoads } from './outcomes/module-loads.ts';
import { progressed } from './outcomes/progress.ts';
import { Watchdog } from './outcomes/watchdog.ts';
import { Backlog } from './queue/backlog.ts';
import { RecoveryBudget } from './queue/budget.ts';
import { Pace } from './queue/pace.ts';
import type { Services } from './services.ts';
import { Survey } from './survey.ts';
import { type Elasticity, elasticityOf } from './threads/elasticity.ts';
import { followingOf } from './threads/following.ts';
import { ownWords } from './threads/own-words.ts';
import type { Fence, PoolThread } from './threads/pool-thread.ts';
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
  readonly #services: Services;
  readonly #events: DispatcherEvents;
  readonly #feeder: Feeder;
  readonly #intake: Intake;
  readonly #fences: Fences;
  readonly #givingUp: GivingUp;
  readonly #watchdog: Watchdog;
  readonly #deaths: Deaths;
  readonly #recycling: Recycling;
  /** Absent in a pool of a fixed number of threads. */
  readonly #elasticity: Elasticity | undefined;

  constructor({ executor, options, services, limits, events }: DispatcherParts) {
    const { clock } = services;
    this.#services = services;
    this.#events = events;
    this.ends = new AttemptEnds(services.tracer);
    this.roster = new Roster(executor, options, services, new Restarts(options.restart, clock));
    this.pace = new Pace(executor.distance?.pace);
    this.budget = new RecoveryBudget(options.retryBudget);
    this.backlog = new Backlog(this.budget, options.threads);
    const { roster, backlog, budget, pace, ends } = this;
    const elasticity = elasticityOf(options, { clock, roster, demand: { waiting: () => backlog.size, mean: () => pace.mean } });
    this.#elasticity = elasticity;
    const following = followingOf({ executor, options, roster, backlog, events, move: (thread) => this.retire(thread, 'recycled') });
    this.survey = new Survey(roster, backlog, () => elasticity?.mayGrow === true);
    this.#fences = new Fences({ clock, abortGrace: options.abortGrace, roster, backlog, events });
    const moduleLoads = new ModuleLoads({
      clock,
      options,
      backlog,
      ends,
      failed: events.failed,
      retire: (thread, reason) => this.retire(thread, reason),
      stop: (thread, reason) => roster.stop(thread, reason),
    });
    this.#watchdog = new Watchdog(clock, roster, options.terminateTimeout, options.startupTimeout, {
      timedOut: (...late) => this.#givingUp.timedOut(...late),
      notLoaded: (thread, attempt) => moduleLoads.late(thread, attempt),
    });
    this.#feeder = new Feeder({
      backlog,
      pace,
      services,
      watchdog: this.#watchdog,
      roster,
      limits,
      distance: executor.distance ?? NEAR,
      events: {
        failed: events.failed,
        abandoned: (thread, attempt) => this.#givingUp.fence(thread, attempt, 'stop', 'aborted'),
        emptied: (thread) => this.#emptied(thread),
        fed: () => elasticity?.fed(),
        another: () => elasticity?.another() === true,
      },
    });
    this.#givingUp = new GivingUp({
      roster,
      budget,
      fences: this.#fences,
      ends,
      takeBack: this.#feeder.takeBack,
      timedOut: events.timedOut,
    });
    this.#intake = new Intake({
      services,
      pace,
      budget,
      backlog,
      fences: this.#fences,
      ends,
      takeBack: this.#feeder.takeBack,
      events: {
        failed: events.failed,
        notLoaded: (thread, attempt) => moduleLoads.failed(thread, attempt),
        bundleDone: (thread) => this.#bundleDone(thread),
      },
    });
    this.#deaths = new Deaths({ services, budget, ends, takeBack: this.#feeder.takeBack, events });
    this.#recycling = new Recycling(options.recycle, roster, services.within, (thread) => this.retire(thread, 'recycled'));
    // Last, because a thread may tell something as soon as it is started.
    roster.open({
      messages: (thread) => this.#messages(thread),
      available: () => this.#feeder.plan(),
      standby: () => following?.standby() === true || this.#recycling.standby(),
      stopping: (thread) => this.#feeder.takeBack.revoke(thread),
      settle: (thread, exit, reason) => {
        this.#watchdog.forget(thread);
        this.#fences.forget(thread);
        return this.#deaths.settle(thread, exit, reason);
      },
      growthFailed: () => elasticity?.growthFailed(),
      poolFailed: events.poolFailed,
    });
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

  /** The thread's result was found wrong: it is retired after its current task. */
  convict(attempt: Attempt): void {
    const thread = this.roster.threadOf(attempt);
    if (thread === undefined || thread.retiring === 'outvoted') return;
    this.#events.gaveUp(thread, attempt);
    thread.handle.convicted?.();
    thread.retiring = 'outvoted'; // Whatever else it was to go for.
    this.retire(thread, 'outvoted');
  }

  /** Ends a thread after its current task. */
  retire(thread: PoolThread, reason: ThreadExitReason): void {
    if (thread.phase === 'spare') this.roster.stop(thread, reason);
    if (thread.phase !== 'serving') return;
    thread.retiring ??= reason;
    this.#feeder.takeBack.revoke(thread);
    this.#retireIfIdle(thread);
  }

  /** Replaces every thread that there is, one after another. */
  renewAll(): Promise<void> {
    return this.#recycling.renewAll();
  }

  /** Takes in whatever has arrived; to be called before a timer charges an attempt. */
  pollAll(): void {
    for (const thread of this.roster.threads) thread.handle.poll();
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

  #messages(thread: PoolThread): Omit<ThreadEvents, 'ready' | 'placed' | 'lost' | 'exited'> {
    return {
      done: (bundle, from, values, times, failed) => this.#intake.done(thread, bundle, from, values, times, failed),
      progress: (number, index, value) => {
        const attempt = thread.bundles.find((bundle) => bundle.number === number)?.attempts[index];
        if (attempt?.state === 'sent') progressed(attempt.task.extras, value);
        else this.#intake.late(thread, attempt?.task.id ?? -1, attempt?.number ?? 0);
      },
      lateError: (...about) => {
        tellLateError(this.#services, thread, ...about);
        this.retire(thread, 'lateError');
      },
      leaving: () => this.retire(thread, 'node'),
      unreadable: () => this.#intake.unreadable(thread),
      accounted: (bundle, upTo) => this.#intake.accounted(thread, bundle, upTo),
      garbage: () => this.#intake.late(thread, -1, 0),
      ...ownWords(thread, this.#services.emitter),
    };
  }

  #bundleDone(thread: PoolThread): void {
    if (thread.phase !== 'serving') return;
    this.#recycling.look(thread);
    if (thread.retiring !== undefined) {
      this.#retireIfIdle(thread);
      return;
    }
    this.#feeder.feed(thread);
  }

  #emptied(thread: PoolThread): void {
    this.#recycling.look(thread);
    this.#retireIfIdle(thread);
  }

  #retireIfIdle(thread: PoolThread): void {
    const { retiring } = thread;
    if (retiring !== undefined && thread.idle && thread.phase === 'serving') this.roster.retire(thread, retiring);
  }
}
