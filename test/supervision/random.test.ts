import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Random, seeded } from '../../src/core/random.ts';
import type { RestartType, Strategy, Supervisor } from '../../src/supervision/index.ts';
import { draws } from '../soak.ts';
import { crash, type Manners, Stage, type StartMove, settled } from './stage.ts';

const RUNS = draws(150);
const strategies = ['one_for_one', 'one_for_all', 'rest_for_one'] as const;
const restartTypes: RestartType[] = ['permanent', 'permanent', 'transient', 'temporary'];

/** One seeded history: random deaths, failing and slow starts, and calls, with the invariants checked after every step. */
class History {
  readonly stage: Stage = new Stage();
  readonly supervisor: Supervisor;
  /** Whether every call on them was the supervisor's own. */
  readonly untouched: Set<string>;
  readonly #random: Random;
  readonly #limits = { intensity: 0, within: 0, minTimeout: 0, maxTimeout: 0 };
  readonly #calls: Promise<unknown>[] = [];
  #added = 0;

  constructor(seed: number, strategy: Strategy) {
    this.#random = seeded(seed);
    this.#limits = { intensity: this.#upTo(12), within: 1_000, minTimeout: this.#pick([0, 10, 100]), maxTimeout: 200 };
    const children = Array.from({ length: 1 + this.#upTo(5) }, (_, i) => this.#spec(`${i}`));
    this.untouched = new Set(children.filter(({ restart }) => restart === 'permanent').map(({ id }) => id));
    this.supervisor = this.stage.supervisor({ strategy, restart: this.#limits, children });
  }

  async step(): Promise<void> {
    const { stage } = this;
    const dice = this.#random();
    const id = this.#pick(
      this.supervisor
        .which()
        .map((child) => child.id)
        .concat('0'),
    );
    if (dice < 0.3) {
      // Any number at once, in one tick.
      for (const one of stage.living)
        if (this.#random() < 0.4) stage.actor(one).die(this.#pick([crash(), { kind: 'normal' }, { kind: 'killed' }]));
    } else if (dice < 0.45) stage.script(id, ...Array.from({ length: this.#upTo(4) }, () => this.#pick<StartMove>(['ok', 'slow', 'fail'])));
    else if (dice < 0.6) await this.arriveAll();
    else if (dice < 0.85) await stage.clock.advance(this.#upTo(300));
    else this.#call(id);
    if (this.#random() < 0.7) await stage.settle();
    this.check();
  }

  #call(id: string): void {
    const { supervisor } = this;
    this.untouched.delete(id);
    const dice = this.#random();
    if (dice < 0.3) this.#quietly(supervisor.terminateChild(id));
    else if (dice < 0.6) this.#quietly(supervisor.restartChild(id));
    else if (dice < 0.7) this.#quietly(supervisor.deleteChild(id));
    else this.#quietly(supervisor.startChild(this.#spec(`added ${this.#added++ % 4}`)));
  }

  /** The calls must all be answered, with whatever it is. */
  #quietly(call: Promise<unknown>): void {
    this.#calls.push(call.catch((error) => assert.match(error.code, /^ERR_(CHILD|SUPERVISOR)_/)));
  }

  async arriveAll(): Promise<void> {
    const ids = [...this.untouched, ...this.supervisor.which().map(({ id }) => id)];
    for (const id of ids) if (this.stage.isSlow(id)) await this.stage.arrive(id, this.#random() < 0.7 ? 'ok' : 'fail');
  }

  check(): void {
    const all = this.supervisor.which();
    const active = all.filter(({ state }) => state === 'running').length;
    assert.deepEqual(this.supervisor.count(), { specs: all.length, active, supervisors: 0, workers: all.length });
    const living = this.stage.living;
    assert.equal(new Set(living).size, living.length, `two of one id: ${living}`);
    for (const id of living)
      assert.ok(
        all.some((child) => child.id === id && child.state !== 'stopped'),
        `${id} runs unsupervised`,
      );
    const { intensity, within } = this.#limits;
    const restarts = this.stage.reports
      .filter((report) => report.event === 'childExited' && report.decision === 'restart')
      .map(({ at }) => at);
    const now = this.stage.clock.now();
    const recent = restarts.filter((at) => at > now - within).length;
    if (this.stage.events('gaveUp').length === 0) assert.ok(recent <= intensity, `${recent} restarts`);
  }

  /** The faults are over: everything must come to rest, and then to an end. */
  async drain(): Promise<void> {
    const { stage, supervisor } = this;
    for (const { id } of supervisor.which()) stage.script(id);
    for (let i = 0; i < 20; i++) {
      await this.arriveAll();
      await stage.clock.runUntilIdle();
    }
    await Promise.all(this.#calls);
    const alive = !(await settled(supervisor.exited));
    if (alive) for (const id of this.untouched) assert.ok(stage.living.includes(id), `${id} is down for good`);
    this.check();
    const stopped = supervisor.stop();
    await stage.clock.runUntilIdle();
    assert.deepEqual([await settled(stopped), stage.living, stage.clock.pending], [true, [], 0]);
  }

  #spec(id: string) {
    const manners = this.#pick<Manners>(['prompt', 'prompt', 'deaf', 20]);
    return this.stage.spec(id, { restart: this.#pick(restartTypes), manners, shutdown: this.#pick([0, 50, 500]), startTimeout: 10_000 });
  }

  #upTo(n: number): number {
    return Math.floor(this.#random() * (n + 1));
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)]!;
  }
}

async function play(seed: number, strategy: Strategy): Promise<string[]> {
  const history = new History(seed, strategy);
  try {
    const started = await history.supervisor.start().then(
      () => true,
      () => false,
    );
    assert.ok(started);
    for (let i = 0; i < 60; i++) await history.step();
    await history.drain();
  } catch (error) {
    throw new Error(`seed ${seed}, ${strategy}: ${(error as Error).message}\n${history.stage.log.join('\n')}`, { cause: error });
  }
  return history.stage.log;
}

describe('random histories', () => {
  for (const strategy of strategies) {
    it(`${strategy}: nothing runs twice or unsupervised, all that should run does in the end, and nothing is left behind`, async (t) => {
      const first = Number(process.env.HOLDFAST_SEED ?? 1);
      t.diagnostic(`seeds ${first} to ${first + RUNS - 1}`);
      for (let seed = first; seed < first + RUNS; seed++) await play(seed, strategy);
    });

    it(`${strategy}: the same seed gives the same history`, async () => {
      assert.deepEqual(await play(42, strategy), await play(42, strategy));
    });
  }
});
