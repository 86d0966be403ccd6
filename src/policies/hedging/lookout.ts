import type { Timer } from '../../core/clock.ts';
import { CopyGroup } from '../../core/copy-group.ts';
import type { TaskTally } from '../../core/counting/tally.ts';
import { Attempt, aboutTask, type Task } from '../../core/task.ts';
import type { CourseHost } from '../course-host.ts';
import { CopyCosts } from './copy-costs.ts';
import { Experience } from './experience.ts';
import type { Hedge, RaceEnd } from './hedge.ts';
import { LoadBudgets } from './load-budget.ts';
import type { HedgeRules } from './rules.ts';

/** Milliseconds before which no copy is made, and between two looks. Below this a copy costs more than it can save. */
const SOONEST = 1;
/** How soon to look again for an idle thread, or for more budget, as a share of the time that was waited already. */
const PATIENCE = 0.25;
/** Milliseconds between two looks while it is not known what is usual. */
const LEARNING = 10;
/**
 * An attempt that has run for this multiple of the 95th percentile is no longer one of the five in a hundred that always lie beyond it. Where copies
 * rarely win, those that are late are late for another reason, and more time must pass: the budget goes to those that are really slow.
 */
const SURELY_SLOW = 2;
/**
 * Before that, a copy must leave enough of the budget for this many copies that take as long as the longest task: a copy may have bad luck too, and
 * what it takes must not be missing when the next attempt is surely slow.
 */
const RESERVE = 4;

interface Late {
  readonly attempt: Attempt;
  readonly startedAt: number;
  readonly rules: HedgeRules;
  readonly after: number;
}

/**
 * Looks after the attempts that run, and puts a copy beside those that take long. There is one timer however many tasks there are,
 * none when no task is open, and it looks at threads, not at tasks.
 */
export class Lookout {
  readonly #host: CourseHost;
  readonly #rulesOf: (attempt: Attempt) => HedgeRules | undefined;
  readonly #experiences = new Map<TaskTally, Experience>();
  readonly #budgets = new LoadBudgets();
  readonly #hedges = new Map<Task, Hedge>();
  readonly #copies: CopyCosts;
  /** Originals that lost, and the time up to which they have earned. */
  readonly #outrun = new WeakMap<Attempt, { readonly startedAt: number; readonly earnedUntil: number }>();
  #timer: Timer | undefined;
  #open = 0;
  /** Milliseconds of the shortest wait that a rule of an open task names. */
  #shortest = Number.POSITIVE_INFINITY;

  /** @param rulesOf the rules of an attempt that may be hedged */
  constructor(host: CourseHost, rulesOf: (attempt: Attempt) => HedgeRules | undefined) {
    this.#host = host;
    this.#rulesOf = rulesOf;
    this.#copies = new CopyCosts(host);
  }

  opened({ spec }: Task, { after }: HedgeRules): void {
    this.#open++;
    const soonest = after === 'p95' ? (this.#experiences.get(spec.tally)?.p95 ?? LEARNING) : after;
    this.#shortest = Math.min(this.#shortest, soonest);
    this.#timer ??= this.#host.clock.setTimeout(() => this.#look(), this.#delay(soonest));
  }

  settled(task: Task): void {
    if (task.state !== 'open') return;
    this.#open--;
    this.#hedges.delete(task);
    if (this.#open > 0) return;
    this.#shortest = Number.POSITIVE_INFINITY;
    this.#host.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  hedgeOf(task: Task): Hedge | undefined {
    return this.#hedges.size === 0 ? undefined : this.#hedges.get(task);
  }

  /** A task took this many milliseconds, or would have taken at least as many without its copy. */
  observe(task: Task, ms: number, { budget }: HedgeRules): void {
    const experience = this.#experienceOf(task);
    experience.took(ms);
    this.#budgets.of(budget).earn(ms * experience.zeal);
  }

  over(hedge: Hedge, end: RaceEnd, at: number): void {
    const { copy, original, startedAt } = hedge;
    hedge.state = 'over';
    if (end === 'won') this.#outrun.set(original, { startedAt, earnedUntil: at });
    if (end === 'won' || end === 'failed') this.#copies.ended(copy, at);
    else this.#copies.lost(copy, at);
    if (end !== 'stopped') this.#experienceOf(copy.task).raced(end === 'won');
  }

  /** An attempt that lost has ended at last. The time of a copy was extra load to its end; that of an original would have been there anyway. */
  endedLate(attempt: Attempt, at: number, { budget }: HedgeRules): void {
    this.#copies.ended(attempt, at);
    const outrun = this.#outrun.get(attempt);
    if (outrun === undefined) return;
    const experience = this.#experienceOf(attempt.task);
    experience.originalTook(at - outrun.startedAt);
    this.#budgets.of(budget).earn(Math.max(0, at - outrun.earnedUntil) * experience.zeal);
  }

  #look(): void {
    this.#timer = undefined;
    const now = this.#host.clock.now();
    const late: Late[] = [];
    let next = Number.POSITIVE_INFINITY;
    for (const { attempt, startedAt } of this.#host.running()) {
      const rules = this.#rulesOf(attempt);
      if (rules === undefined || this.#isHedged(attempt)) continue;
      const after = this.#after(attempt, rules);
      if (after === undefined) continue;
      if (now - startedAt >= after) late.push({ attempt, startedAt, rules, after });
      else next = Math.min(next, startedAt + after - now);
    }
    if (late.length > 0) this.#copies.look(now);
    // Those that have taken longest come first, because they are the surest to be slow.
    late.sort((a, b) => a.startedAt - b.startedAt);
    for (const one of late) {
      if (!this.#hedge(one, now)) next = Math.min(next, one.after * PATIENCE);
    }
    if (this.#open > 0) this.#timer = this.#host.clock.setTimeout(() => this.#look(), this.#delay(next));
  }

  /** A task that begins while no look is planned is due no sooner than after the shortest wait there is. */
  #delay(next: number): number {
    let delay = Math.min(next, this.#shortest);
    for (const { p95 } of this.#experiences.values()) delay = Math.min(delay, p95 ?? delay);
    return Math.max(SOONEST, Math.ceil(delay));
  }

  /** Milliseconds after which the attempt gets a copy; `undefined` as long as it is not known what is usual. */
  #after({ task }: Attempt, { after }: HedgeRules): number | undefined {
    const ms = after === 'p95' ? this.#experiences.get(task.spec.tally)?.p95 : after;
    return ms && Math.max(ms, SOONEST);
  }

  #experienceOf({ spec }: Task): Experience {
    let experience = this.#experiences.get(spec.tally);
    if (experience === undefined) {
      experience = new Experience(spec.tally);
      this.#experiences.set(spec.tally, experience);
    }
    return experience;
  }

  /** It has or had a copy, or is one. A retry runs beside the copy of the attempt before, as long as that runs. */
  #isHedged(attempt: Attempt): boolean {
    const hedge = this.#hedges.get(attempt.task);
    return hedge !== undefined && (hedge.state === 'racing' || hedge.original === attempt || hedge.copy === attempt);
  }

  #hedge({ attempt: original, startedAt, rules, after }: Late, now: number): boolean {
    const { task } = original;
    const experience = this.#experienceOf(task);
    const budget = this.#budgets.of(rules.budget);
    // Who names a time knows what is slow.
    const doubt = rules.after === 'p95' ? Math.max(0, SURELY_SLOW / experience.zeal - (now - startedAt) / after) : 0;
    const expected = experience.copyMs;
    if (!this.#host.leisure() || !budget.affords(expected + RESERVE * doubt * experience.longest)) return false;
    const kin = new CopyGroup();
    kin.bar(original.threadKey, original.thread?.domain);
    const copy = new Attempt(task, original.replica + 1, true, { kin });
    this.#copies.made(copy, budget, experience, now);
    this.#hedges.set(task, { state: 'racing', original, startedAt, copy });
    this.#host.emitter.emit('hedge', { ...aboutTask(task), attempt: copy.number, after });
    if (task.state === 'open') this.#host.submit(copy);
    return true;
  }
}
