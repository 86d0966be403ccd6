import { Sealed } from '../../src/core/wire/sealed.ts';
import type { Executor, ExecutorThread, ThreadEvents } from '../../src/executors/executor.ts';
import { settle, VirtualClock } from '../../src/faults/virtual-clock.ts';
import type { RunOptions } from '../../src/options/types.ts';
import type { PoolParts } from '../../src/pool/compose.ts';
import { Pool } from '../../src/pool/pool.ts';
import { Bookkeeping } from './bookkeeping.ts';
import { wrongEvent } from './contract.ts';
import { asFromCell, type Twist } from './puppet.ts';
import { type MakePlayer, makeThread, type Player, READY } from './threads.ts';

/** One step of a trial. `at` chooses a thread. */
export type Step =
  | { readonly do: 'submit'; readonly options: RunOptions; readonly count: number }
  | { readonly do: 'work' | 'run' | 'report' | 'ready'; readonly at: number }
  | { readonly do: 'hostile'; readonly at: number; readonly first: number; readonly count: number }
  | { readonly do: 'twist'; readonly at: number; readonly twist: Twist; readonly value: unknown }
  | { readonly do: 'unreadable' | 'exit' | 'trip'; readonly at: number }
  | { readonly do: 'wait'; readonly ms: number };

/** A message, and bytes beside it. */
export interface Letter {
  readonly message: unknown;
  readonly body: Uint8Array;
}

interface Case {
  readonly id: number;
  readonly copies: boolean;
  outcome: { readonly value: unknown } | { readonly error: unknown } | undefined;
  settlements: number;
}

/** One of three is hostile, whatever takes its place later too. */
const isHostile = (id: number): boolean => id % 3 === 1;

/** A real pool whose threads are puppets, some of them in the hands of a stranger. */
export class Trial implements Executor {
  readonly #clock = new VirtualClock();
  readonly #make: MakePlayer;
  readonly #letters: readonly Letter[];
  readonly #players: Player[] = [];
  readonly #cases: Case[] = [];
  /** Hostile threads that have run something of the case. */
  readonly #touched = new Map<number, Set<number>>();
  readonly #pool: Pool;
  readonly #faults: unknown[] = [];
  readonly #books = new Bookkeeping();
  messages = 0;
  fulfilled = 0;

  /** @param letters what strangers send */
  constructor(make: MakePlayer, letters: readonly Letter[]) {
    this.#make = make;
    this.#letters = letters;
    const keepAlive = { hold: () => {}, release: () => {}, close: () => {} };
    const joined = (parts: PoolParts): void => {
      this.#books.parts = parts;
    };
    const seams = { clock: this.#clock, random: () => 0.5, executor: () => this, keepAlive, joined };
    const restart = { intensity: 1_000_000, minTimeout: 0, maxTimeout: 0 };
    const retry = { retries: 3, minTimeout: 0, maxTimeout: 0 };
    const options = { threads: 3, spares: 1, timeout: Number.POSITIVE_INFINITY, retry, restart, metrics: false } as const;
    this.#pool = new Pool({ filename: 'file:///hostile.js', ...options }, seams);
  }

  start(events: ThreadEvents): ExecutorThread {
    const id = this.#players.length + 1;
    let gone = false;
    const watched = Object.fromEntries(
      Object.entries(events).map(([name, tell]) => [
        name,
        (...args: never[]) => {
          const wrong = gone || (player.dead && name !== 'exited') ? `The event ${name} came after the exit.` : wrongEvent(name, args);
          if (name === 'exited') gone = true;
          if (wrong !== undefined) this.#faults.push(new Error(wrong));
          if (player.trips && name !== 'exited' && name !== 'unreadable') {
            player.trips = false;
            player.tripped = true;
            throw new Error('a fault of the pool');
          }
          try {
            const moved = this.#books.watch(player.handle, name, args, () => (tell as (...args: never[]) => void)(...args));
            if (moved !== undefined) this.#faults.push(new Error(moved));
          } catch (error) {
            this.#faults.push(error);
            throw error;
          }
        },
      ]),
    ) as unknown as ThreadEvents;
    const player = this.#make(id, this.#clock, watched);
    const { handle } = player;
    const { send } = handle;
    handle.send = (bundle, attempts) => {
      send.call(handle, bundle, attempts);
      if (!isHostile(id)) return;
      for (const { task } of attempts) {
        const number = task.input as number;
        this.#touched.set(number, (this.#touched.get(number) ?? new Set()).add(id));
      }
    };
    this.#players.push(player);
    return handle;
  }

  async close(): Promise<void> {}

  async play(steps: readonly Step[]): Promise<void> {
    await settle();
    for (const step of steps) {
      this.#play(step);
      await settle();
    }
    await this.#end();
  }

  #play(step: Step): void {
    if (step.do === 'submit') for (let i = 0; i < step.count; i++) this.#submit(step.options);
    if (step.do === 'wait') void this.#clock.advance(step.ms);
    if (!('at' in step)) return;
    // What a stranger has sent may arrive when the thread is gone.
    const alive = this.#players.filter(({ dead }) => !dead || step.do === 'hostile');
    const player = alive[step.at % alive.length];
    if (player === undefined) return;
    const hostile = isHostile(this.#players.indexOf(player) + 1);
    if (step.do === 'ready') this.#say(player, READY);
    if (step.do === 'work') player.puppet.step();
    if (step.do === 'run') player.puppet.step('runs');
    if (step.do === 'report') player.puppet.report();
    if (!hostile) return;
    if (step.do === 'trip') player.trips = true;
    if (step.do === 'unreadable') player.unreadable();
    if (step.do === 'exit') player.exit();
    if (step.do === 'twist') {
      const message = player.puppet.twisted(step.twist, step.value);
      if (message !== undefined) this.#say(player, message);
      this.messages++;
    }
    if (step.do !== 'hostile') return;
    for (let i = 0; i < step.count; i++) {
      const { message, body } = this.#letters[(step.first + i) % this.#letters.length]!;
      this.messages++;
      player.say(message, body);
      if (player.threw !== undefined && !player.tripped)
        this.#faults.push(new Error('What a cell may say was not dealt with.', { cause: player.threw }));
      if (player.tripped && !player.terminated) this.#faults.push(new Error('A thread lives on whose message could not be dealt with.'));
    }
  }

  #say(player: Player, message: readonly unknown[]): void {
    if (this.#make === makeThread) player.say(message);
    else player.say(asFromCell(0, message).message);
  }

  #submit(options: RunOptions): void {
    const one: Case = { id: this.#cases.length, copies: options.redundancy !== undefined, outcome: undefined, settlements: 0 };
    this.#cases.push(one);
    const settled = (outcome: Case['outcome']): void => {
      one.settlements++;
      one.outcome = outcome;
    };
    this.#pool.run(one.id, options).then(
      (value) => settled({ value }),
      (error) => settled({ error }),
    );
  }

  /** The stranger is gone, and every thread works: whatever is open now has to settle. */
  async #end(): Promise<void> {
    for (let round = 0; round < 400 && this.#cases.some(({ outcome }) => outcome === undefined); round++) {
      for (const player of this.#players) {
        if (player.dead) continue;
        if (player.terminated || (round === 0 && isHostile(this.#players.indexOf(player) + 1))) player.exit();
        else {
          this.#say(player, READY);
          while (player.puppet.step() !== undefined);
        }
      }
      await this.#clock.advance(50);
      await settle();
    }
    const left = this.#cases.filter(({ outcome }) => outcome === undefined);
    const closed = this.#pool.close({ force: true });
    await settle();
    for (const player of this.#players) player.exit();
    await this.#clock.runUntilIdle();
    await closed;
    if (this.#faults.length > 0) throw this.#faults[0];
    if (left.length > 0) throw new Error(`${left.length} tasks were left open: ${left.map(({ id }) => id).join()}`);
    for (const one of this.#cases) this.#check(one);
  }

  #check({ id, copies, outcome, settlements }: Case): void {
    if (settlements !== 1) throw new Error(`Task ${id} settled ${settlements} times.`);
    const strangers = this.#touched.get(id)?.size ?? 0;
    if (outcome !== undefined && 'error' in outcome) {
      if (strangers === 0) throw new Error(`Task ${id} failed, and was never on a hostile thread.`, { cause: outcome.error });
      return;
    }
    this.fulfilled++;
    if (outcome?.value instanceof Sealed) throw new Error(`Task ${id} was given a seal that nobody had asked for.`);
    const right = (outcome?.value as { answer?: unknown } | null | undefined)?.answer === id;
    if (right || strangers >= (copies ? 2 : 1)) return;
    throw new Error(`Task ${id} was fulfilled with what no honest thread has sent; ${strangers} hostile threads have had it.`);
  }
}
