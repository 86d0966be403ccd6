import type { Attempt } from '../../core/task.ts';
import type { CourseHost } from '../course-host.ts';
import type { Experience } from './experience.ts';
import type { LoadBudget } from './load-budget.ts';

interface Cost {
  /** When it was handed in: there was a thread for it. */
  readonly since: number;
  readonly budget: LoadBudget;
  readonly experience: Experience;
  /** Milliseconds that were taken from the budget for it: at first what it was thought to cost. */
  paid: number;
  /** Set once it has lost: when it was last seen to run. */
  lost?: number;
}

/** The copies that run, and those that have lost and run on: what they take is taken from the budget while they take it. */
export class CopyCosts {
  readonly #host: CourseHost;
  readonly #costs = new Map<Attempt, Cost>();

  constructor(host: CourseHost) {
    this.#host = host;
  }

  made(copy: Attempt, budget: LoadBudget, experience: Experience, now: number): void {
    const paid = experience.copyMs;
    budget.spend(paid);
    this.#costs.set(copy, { since: now, budget, experience, paid });
  }

  /** Charges those that take longer than was thought, and finds those that have gone without a word: their threads were ended. */
  look(now: number): void {
    for (const [copy, cost] of this.#costs) {
      if (cost.lost !== undefined) {
        if (!this.#host.runs(copy)) {
          this.ended(copy, cost.lost);
          continue;
        }
        cost.lost = now;
      }
      const took = copy.startedAt === 0 ? 0 : now - cost.since;
      if (took <= cost.paid) continue;
      cost.budget.spend(took - cost.paid);
      cost.paid = took;
    }
  }

  /** The race is over for the copy, and it may run on. */
  lost(copy: Attempt, now: number): void {
    const cost = this.#costs.get(copy);
    if (cost === undefined) return;
    if (copy.startedAt === 0) this.ended(copy, now);
    else cost.lost = now;
  }

  /** It takes no more time, or what it takes from now on is no extra load. */
  ended(copy: Attempt, at: number): void {
    const cost = this.#costs.get(copy);
    if (cost === undefined) return;
    this.#costs.delete(copy);
    const took = copy.startedAt === 0 ? 0 : Math.max(0, at - cost.since);
    cost.budget.spend(took - cost.paid);
    if (copy.startedAt > 0) cost.experience.copyTook(took);
  }
}
