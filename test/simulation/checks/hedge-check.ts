import type { PoolEvents } from '../../../src/core/events.ts';
import type { World } from '../world/world.ts';
import type { Start, TaskTruth } from './truth.ts';

/** Milliseconds that were earned for copies, and that they have cost. */
interface Account {
  earned: number;
  cost: number;
}

/**
 * Copies that race, and what they cost, seen from outside. Tasks that name the same share have one budget. What ordinary work has earned
 * is counted generously and what copies have taken sparingly, so that only what is clear is called a violation: while the program is stopped
 * work earns, and copies take nothing.
 */
export class HedgeCheck {
  readonly #world: World;
  /** Copies of tasks that are open; they still cost. */
  readonly #racing = new Map<TaskTruth, Start[]>();
  readonly #accounts = new Map<number, Account>();

  constructor(world: World) {
    this.#world = world;
  }

  hedged(truth: TaskTruth, { after }: PoolEvents['hedge'], waiting: number): void {
    const { rules } = truth;
    const now = this.#world.timeline.now();
    const start = truth.starts.findLast(({ fate }) => fate === 'running');
    if (rules.hedge === undefined) this.#world.fail(`task ${truth.uid} was hedged, and did not ask for it`);
    else if (rules.hedge.after !== 'p95' && rules.hedge.after !== after)
      this.#world.fail(`task ${truth.uid} was hedged after ${after} ms; it asked for ${rules.hedge.after} ms`);
    if (start !== undefined && now - start.at < after - 1e-6)
      this.#world.fail(`task ${truth.uid} was hedged after ${now - start.at} ms, not after ${after} ms`);
    if (waiting > 0) this.#world.fail(`task ${truth.uid} was hedged while ${waiting} attempts waited for a thread`);
    const share = rules.hedge?.budget ?? 0;
    const lived = this.#world.timeline.insideNow;
    const { earned, cost: over } = this.#account(share);
    let cost = over;
    for (const [task, copies] of this.#racing) {
      if (task.rules.hedge?.budget === share) for (const copy of copies) cost += costOf(copy, task, lived);
    }
    if (cost > earned + 1e-6)
      this.#world.fail(`task ${truth.uid} was hedged although copies had taken ${cost} ms; the budget was ${earned} ms`);
  }

  started(start: Start): void {
    const { task: truth } = start;
    if (start.replica === 0 || truth.rules.hedge === undefined || truth.settledAt >= 0) return;
    const copies = this.#racing.get(truth);
    if (copies === undefined) this.#racing.set(truth, [start]);
    else copies.push(start);
  }

  settled(truth: TaskTruth): void {
    const { hedge } = truth.rules;
    if (hedge === undefined) return;
    const { timeline } = this.#world;
    const account = this.#account(hedge.budget);
    for (const copy of this.#racing.get(truth) ?? []) account.cost += costOf(copy, truth, timeline.insideNow);
    this.#racing.delete(truth);
    if (truth.outcome === 'fulfilled' && truth.starts.length > 0) account.earned += hedge.budget * (timeline.now() - truth.starts[0]!.at);
  }

  /** An original that has lost earns on until it ends. */
  ended({ task: truth, replica, endedAt }: Start): void {
    const { hedge } = truth.rules;
    if (hedge === undefined || replica > 0 || truth.outcome !== 'fulfilled') return;
    this.#account(hedge.budget).earned += hedge.budget * Math.max(0, endedAt - truth.settledAt);
  }

  #account(share: number): Account {
    let account = this.#accounts.get(share);
    if (account === undefined) {
      account = { earned: 0, cost: 0 };
      this.#accounts.set(share, account);
    }
    return account;
  }
}

/**
 * A copy is extra load as long as its original runs and has its time left, and its task is open.
 *
 * @param lived milliseconds that the program has lived until now
 */
function costOf(copy: Start, { starts }: TaskTruth, lived: number): number {
  let until = copy.fate === 'running' ? lived : copy.livedUntil;
  for (const { replica, fate, livedUntil, convictedAt } of starts) {
    if (replica >= copy.replica) continue;
    if (fate !== 'running') until = Math.min(until, livedUntil);
    if (convictedAt >= 0) until = Math.min(until, convictedAt);
  }
  return Math.max(0, until - copy.livedBefore);
}
