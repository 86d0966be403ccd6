import type { Timer } from '../../core/clock.ts';
import type { TaskTally } from '../../core/tally.ts';
import { Attempt, Kin, type Task } from '../../core/task.ts';
import type { Desk } from '../desk.ts';
import type { Hedge } from './hedge.ts';
import { LoadBudget } from './load-budget.ts';
import type { HedgeRules } from './rules.ts';
import { RunTimes } from './run-times.ts';

/** No copy is made sooner, and nobody looks more often; milliseconds. Below this a copy costs more than it can save. */
const SOONEST = 1;
/** How soon to look again for an idle thread, or for more budget, as a share of the time that was waited already. */
const PATIENCE = 0.25;
/** How often to look while it is not known what is usual; milliseconds. */
const LEARNING = 10;

/**
 * Looks after the attempts that run, and puts a copy beside those that take long. There is one timer however many tasks there are,
 * none when no task is open, and it looks at threads, not at tasks.
 */
export class Lookout {
  readonly #desk: Desk;
  readonly #rulesOf: (attempt: Attempt) => HedgeRules | undefined;
  readonly #runTimes = new Map<TaskTally, RunTimes>();
  readonly #budget = new LoadBudget();
  readonly #hedges = new Map<Task, Hedge>();
  /** Copies that lost, with the time up to which they were paid for. */
  readonly #losers = new WeakMap<Attempt, number>();
  #timer: Timer | undefined;
  #open = 0;
  /** The shortest wait that a rule of an open task names, in milliseconds. */
  #shortest = Number.POSITIVE_INFINITY;

  /** @param rulesOf the rules of an attempt that may be hedged */
  constructor(desk: Desk, rulesOf: (attempt: Attempt) => HedgeRules | undefined) {
    this.#desk = desk;
    this.#rulesOf = rulesOf;
  }

  opened({ spec }: Task, { after }: HedgeRules): void {
    this.#open++;
    const soonest = after === 'p95' ? (this.#runTimes.get(spec.tally)?.p95 ?? LEARNING) : after;
    this.#shortest = Math.min(this.#shortest, soonest);
    this.#timer ??= this.#desk.clock.setTimeout(() => this.#look(), this.#delay(soonest));
  }

  settled(task: Task): void {
    if (task.state !== 'open') return;
    this.#open--;
    this.#hedges.delete(task);
    if (this.#open > 0) return;
    this.#shortest = Number.POSITIVE_INFINITY;
    this.#desk.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  hedgeOf(task: Task): Hedge | undefined {
    return this.#hedges.size === 0 ? undefined : this.#hedges.get(task);
  }

  /** A task took this many milliseconds, or would have taken at least so many without its copy. */
  observe({ spec }: Task, ms: number, { budget }: HedgeRules): void {
    this.#budget.earn(ms, budget);
    let times = this.#runTimes.get(spec.tally);
    if (times === undefined) {
      times = new RunTimes();
      this.#runTimes.set(spec.tally, times);
    }
    times.observe(ms);
  }

  /** The copy is out of the race at this time; what it took is set against what was thought. */
  over(hedge: Hedge, at: number): void {
    const { copy, expected } = hedge;
    hedge.state = 'over';
    const took = copy.startedAt === 0 ? 0 : Math.max(0, at - copy.startedAt);
    this.#budget.spend(took - expected);
    if (copy.startedAt > 0) this.#losers.set(copy, at);
  }

  /** An attempt that lost has ended at last. The time of a copy was extra load to its end; that of an original would have been there anyway. */
  endedLate(attempt: Attempt, at: number): void {
    const paidUntil = this.#losers.get(attempt);
    if (paidUntil !== undefined) this.#budget.spend(Math.max(0, at - paidUntil));
  }

  #look(): void {
    this.#timer = undefined;
    const now = this.#desk.clock.now();
    const late: { attempt: Attempt; startedAt: number; after: number }[] = [];
    let next = Number.POSITIVE_INFINITY;
    for (const { attempt, startedAt } of this.#desk.running()) {
      const rules = this.#rulesOf(attempt);
      if (rules === undefined || this.#isHedged(attempt)) continue;
      const after = this.#after(attempt, rules);
      if (after === undefined) continue;
      if (now - startedAt >= after) late.push({ attempt, startedAt, after });
      else next = Math.min(next, startedAt + after - now);
    }
    // Those that have taken longest come first, for they are the surest to be slow.
    late.sort((a, b) => a.startedAt - b.startedAt);
    for (const { attempt, startedAt, after } of late) {
      if (!this.#hedge(attempt, startedAt, after, now)) next = Math.min(next, after * PATIENCE);
    }
    if (this.#open > 0) this.#timer = this.#desk.clock.setTimeout(() => this.#look(), this.#delay(next));
  }

  /** A task that begins while nobody looks is due no sooner than after the shortest wait there is. */
  #delay(next: number): number {
    let delay = Math.min(next, this.#shortest);
    for (const times of this.#runTimes.values()) delay = Math.min(delay, times.p95 ?? delay);
    return Math.max(SOONEST, Math.ceil(delay));
  }

  /** Milliseconds after which the attempt gets a copy; `undefined` as long as it is not known what is usual. */
  #after({ task }: Attempt, { after }: HedgeRules): number | undefined {
    const ms = after === 'p95' ? this.#runTimes.get(task.spec.tally)?.p95 : after;
    return ms && Math.max(ms, SOONEST);
  }

  #isHedged(attempt: Attempt): boolean {
    const hedge = this.#hedges.get(attempt.task);
    return hedge !== undefined && (hedge.original === attempt || hedge.copy === attempt);
  }

  #hedge(original: Attempt, startedAt: number, after: number, now: number): boolean {
    const { task } = original;
    const { runTime } = task.spec.tally;
    const expected = runTime.count === 0 ? after : runTime.sum / runTime.count;
    if (!this.#desk.leisure() || !this.#budget.affords(expected, this.#owed(now))) return false;
    const kin = new Kin();
    kin.bar(original.threadKey);
    const copy = new Attempt(task, original.replica + 1, true, { kin });
    this.#budget.spend(expected);
    this.#hedges.set(task, { state: 'racing', original, startedAt, copy, expected });
    this.#desk.emitter.emit('hedge', { taskId: task.id, name: task.spec.name, attempt: copy.number, after });
    if (task.state === 'open') this.#desk.submit(copy);
    return true;
  }

  /** By how much the copies that run are over what was spent on them. */
  #owed(now: number): number {
    let owed = 0;
    for (const { state, copy, expected } of this.#hedges.values()) {
      if (state === 'racing' && copy.startedAt > 0) owed += Math.max(0, now - copy.startedAt - expected);
    }
    return owed;
  }
}
