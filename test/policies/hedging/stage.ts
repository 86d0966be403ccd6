import assert from 'node:assert/strict';
import type { PoolEvents } from '../../../src/core/events.ts';
import type { Attempt, RetryRules } from '../../../src/core/task.ts';
import { VirtualClock } from '../../../src/faults/virtual-clock.ts';
import { HedgeCourse, Hedging } from '../../../src/policies/hedging/hedge-course.ts';
import type { HedgeRules } from '../../../src/policies/hedging/rules.ts';
import { FakeDesk } from '../redundancy/desk.ts';

/** Tasks that are hedged, with the test in the place of the threads. */
export class Stage {
  readonly clock = new VirtualClock({ now: 1_000 });
  readonly host = new FakeDesk(this.clock);
  readonly hedges: PoolEvents['hedge'][] = [];
  readonly #hedging = new Hedging(this.host);
  readonly #rules: HedgeRules;
  readonly #course: HedgeCourse;

  constructor(rules: Partial<HedgeRules> = {}) {
    this.#rules = { after: 100, budget: 1, ...rules };
    this.#course = new HedgeCourse(this.#rules, this.#hedging);
    this.host.emitter.on('hedge', (event) => this.hedges.push(event));
  }

  /** Starts a task, perhaps with other rules; the attempt that runs for it. */
  begin(rules?: Partial<HedgeRules>, retry?: Partial<RetryRules>): Attempt {
    const course = rules === undefined ? this.#course : new HedgeCourse({ ...this.#rules, ...rules }, this.#hedging);
    const task = this.host.task(course, retry);
    course.begin(task);
    return this.host.submitted.at(-1)!;
  }

  /** Tasks that take their time and earn budget. */
  async usual(count: number, ms: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const attempt = this.begin();
      await this.clock.advance(ms);
      this.host.returns(attempt, 'usual');
    }
    this.host.outcome = undefined;
  }

  /** A task that is slow, and its copy. */
  async hedged(): Promise<[original: Attempt, copy: Attempt]> {
    await this.usual(1, 90);
    const original = this.begin();
    await this.clock.advance(150);
    const copy = this.host.submitted.at(-1)!;
    assert.notEqual(copy, original, 'it has a copy');
    return [original, copy];
  }

  get won(): Record<string, number> {
    return Object.fromEntries(this.host.tally.task('default').hedges.values);
  }
}
