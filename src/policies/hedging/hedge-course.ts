import { type AttemptEnd, endOfGivenUp, type Failure, type FailureKind } from '../../core/failure.ts';
import type { Attempt, Course, Task } from '../../core/task.ts';
import type { CourseHost } from '../course-host.ts';
import { record } from '../history.ts';
import { PlainCourse } from '../plain-course.ts';
import type { Hedge, RaceEnd } from './hedge.ts';
import { Lookout } from './lookout.ts';
import type { HedgeRules } from './rules.ts';

/** What the hedged tasks of a pool share: one lookout with one budget, and the ordinary course that they run on. */
export class Hedging {
  readonly host: CourseHost;
  readonly plain: PlainCourse;
  readonly lookout: Lookout;

  constructor(host: CourseHost) {
    this.host = host;
    this.lookout = new Lookout(host, (attempt) => {
      const { course } = attempt.task.spec;
      // In a cell, thread keys mean other threads; and what crashed once had better not run beside the others.
      return course instanceof HedgeCourse && attempt.placement?.isolated !== true ? course.rules : undefined;
    });
    this.plain = new PlainCourse({
      clock: host.clock,
      emitter: host.emitter,
      random: host.random,
      escalates: host.escalates,
      submit: (attempt) => host.submit(attempt),
      cancel: (attempt, mode, end) => host.cancel(attempt, mode, end),
      started: (attempt) => host.started(attempt),
      fulfil: (task, value) => {
        this.lookout.settled(task);
        host.fulfil(task, value);
      },
      reject: (task, failure) => {
        this.drop(task, 'surplus');
        this.lookout.settled(task);
        host.reject(task, failure);
      },
    });
  }

  /** The task needs its copy no longer. */
  drop(task: Task, mode: 'stop' | 'surplus', end?: AttemptEnd): void {
    const hedge = this.lookout.hedgeOf(task);
    if (hedge?.state !== 'racing') return;
    this.over(hedge, mode === 'stop' ? 'stopped' : 'lost');
    this.host.cancel(hedge.copy, mode, end);
  }

  over(hedge: Hedge, end: RaceEnd, at: number = this.host.clock.now()): void {
    hedge.copy.task.spec.tally.hedges.add(String(end === 'won'));
    this.lookout.over(hedge, end, at);
  }
}

/** The ordinary course, but an attempt that takes long gets a copy beside it. The first to finish wins, the other is aborted. */
export class HedgeCourse implements Course {
  readonly rules: HedgeRules;
  readonly #hedging: Hedging;

  constructor(rules: HedgeRules, hedging: Hedging) {
    this.rules = rules;
    this.#hedging = hedging;
  }

  begin(task: Task): void {
    this.#hedging.lookout.opened(task, this.rules);
    this.#hedging.plain.begin(task);
  }

  started(task: Task): boolean {
    return this.#hedging.plain.started(task);
  }

  succeeded(attempt: Attempt, value: unknown, endedAt: number): void {
    const { lookout, plain, host } = this.#hedging;
    const { task } = attempt;
    const hedge = lookout.hedgeOf(task);
    const copyWon = hedge?.state === 'racing' && hedge.copy === attempt;
    // What the original would have taken at least: to leave it out would make long tasks look short.
    lookout.observe(task, endedAt - (copyWon ? hedge.startedAt : attempt.startedAt), this.rules);
    if (copyWon) {
      this.#hedging.over(hedge, 'won', endedAt);
      if (task.attempt !== undefined && task.attempt.state !== 'ended') host.cancel(task.attempt, 'surplus');
    } else {
      this.#hedging.drop(task, 'surplus');
    }
    plain.succeeded(attempt, value);
  }

  failed(attempt: Attempt, failure: Failure): void {
    const { lookout, plain, host } = this.#hedging;
    const { task } = attempt;
    if (task.state !== 'open') return;
    const hedge = lookout.hedgeOf(task);
    if (hedge?.state !== 'racing') {
      plain.failed(attempt, failure);
    } else if (attempt === hedge.copy) {
      record(attempt, failure, host.clock);
      this.#hedging.over(hedge, 'failed');
    } else if (failure.kind === 'error' || failure.kind === 'clone') {
      plain.failed(attempt, failure); // An answer: the copy would give the same.
    } else {
      // The thread failed, not the task: the copy is the retry that it would get now.
      record(attempt, failure, host.clock);
      this.#hedging.over(hedge, 'won');
      task.attempt = hedge.copy;
    }
  }

  cancelled(task: Task, kind: FailureKind): void {
    this.#hedging.drop(task, 'stop', endOfGivenUp(kind));
    this.#hedging.plain.cancelled(task, kind);
    this.#hedging.lookout.settled(task);
  }

  returnedLate(attempt: Attempt, _value: unknown, endedAt: number): void {
    this.#hedging.lookout.endedLate(attempt, endedAt, this.rules);
  }
}
