import { TimeoutError } from '../../core/errors.ts';
import type { ThreadExitReason } from '../../core/events.ts';
import { type Attempt, aboutTask } from '../../core/task.ts';
import type { RecoveryBudget } from '../queue/budget.ts';
import type { Services } from '../services.ts';
import type { Fence, PoolThread } from '../threads/pool-thread.ts';
import type { Roster } from '../threads/roster.ts';
import type { AttemptEnds } from './attempt-ends.ts';
import type { Fences } from './fences.ts';
import { suspectsNeighbour } from './neighbours.ts';
import type { TakesBack } from './outcomes-host.ts';

interface GivingUpParts {
  readonly roster: Roster;
  readonly budget: RecoveryBudget;
  readonly fences: Fences;
  readonly ends: AttemptEnds;
  readonly takeBack: TakesBack;
  readonly services: Services;
}

/** Gives up attempts that run: when their time is over, or when they are not wanted any more. */
export class GivingUp {
  readonly #parts: GivingUpParts;

  constructor(parts: GivingUpParts) {
    this.#parts = parts;
  }

  /** @returns whether the attempt runs again, uncharged: what an earlier task left behind kept it from going on */
  #excused(thread: PoolThread, attempt: Attempt): boolean {
    if (attempt.state !== 'sent' || !attempt.mayRunTwice || !suspectsNeighbour(thread, attempt)) return false;
    attempt.excuse();
    this.#parts.takeBack.giveBack([attempt]);
    this.#parts.roster.stop(thread, 'timeout');
    return true;
  }

  /** An attempt ran into its run time-out. */
  timedOut(thread: PoolThread, attempt: Attempt): void {
    if (this.#excused(thread, attempt)) return;
    const fenced = attempt.state !== 'sent';
    this.#parts.ends.gaveUp(attempt, 'timeout', thread);
    attempt.giveUp('fenced');
    this.#parts.budget.spend(attempt.task.spec.limits.run, attempt.recovery);
    attempt.begin(thread.handle.itemStartedAt);
    this.fence(thread, attempt, 'stop', 'timeout');
    if (!fenced) this.#fail(attempt, suspectsNeighbour(thread, attempt));
  }

  /**
   * Puts a fence around an attempt that runs, and takes back what lies behind it. An attempt that seems not to have begun may do so
   * before it is taken back: so it is looked at again when the thread has answered. One that does not answer is not waited for.
   */
  fence(thread: PoolThread, attempt: Attempt, mode: Fence['mode'], reason: ThreadExitReason): void {
    const put = (): void => {
      const { fence, phase } = thread;
      // A surplus attempt was left to run because no task needed its thread; when its own time-out passes it is stopped.
      const has = fence?.attempt === attempt && (fence.mode === 'stop' || mode === 'surplus');
      const place = phase === 'serving' && !has ? thread.locate(attempt) : undefined;
      if (place !== undefined) this.#parts.fences.put(thread, place.bundle, place.index, mode, reason);
    };
    put();
    if (thread.phase === 'serving' || thread.phase === 'stopping') this.#parts.takeBack.revoke(thread, put);
  }

  /** @param neighbour something that an earlier task left behind may be to blame */
  #fail(attempt: Attempt, neighbour: boolean): void {
    const { task, number } = attempt;
    const milliseconds = task.spec.limits.run;
    this.#parts.services.emitter.emit('timeout', { ...aboutTask(task), phase: 'run', milliseconds, attempt: number });
    task.spec.course.failed(attempt, { kind: 'timeout', error: new TimeoutError('run', milliseconds, neighbour) });
  }
}
