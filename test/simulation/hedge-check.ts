import type { PoolEvents } from '../../src/core/events.ts';
import type { Start, TaskTruth } from './truth.ts';
import type { World } from './world.ts';

/**
 * Copies that race, and what they cost, seen from outside. What ordinary work has earned is counted generously and what copies have
 * taken sparingly, so that only what is clear is called a violation.
 */
export class HedgeCheck {
  readonly #world: World;
  /** Copies of tasks that are open; they still cost. */
  readonly #racing = new Map<TaskTruth, Start[]>();
  #earned = 0;
  #cost = 0;

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
    let cost = this.#cost;
    for (const [task, copies] of this.#racing) for (const copy of copies) cost += costOf(copy, task, now);
    if (cost > this.#earned + 1e-6)
      this.#world.fail(`task ${truth.uid} was hedged although copies had taken ${cost} ms; the budget was ${this.#earned} ms`);
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
    const now = this.#world.timeline.now();
    for (const copy of this.#racing.get(truth) ?? []) this.#cost += costOf(copy, truth, now);
    this.#racing.delete(truth);
    if (truth.outcome === 'fulfilled' && truth.starts.length > 0) this.#earned += hedge.budget * (now - truth.starts[0]!.at);
  }
}

/** A copy is extra load as long as its original runs, and its task is open. */
function costOf(copy: Start, { starts }: TaskTruth, now: number): number {
  let until = copy.fate === 'running' ? now : copy.endedAt;
  for (const { replica, fate, endedAt } of starts) if (replica < copy.replica && fate !== 'running') until = Math.min(until, endedAt);
  return Math.max(0, until - copy.at);
}
