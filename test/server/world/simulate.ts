import assert from 'node:assert/strict';
import { type Random, seeded } from '../../../src/core/random.ts';
import { VirtualClock } from '../../../src/faults/virtual-clock.ts';
import { type Server, startServer } from '../../../src/server/index.ts';
import { aside, type ChainState, type Link, link } from './chain.ts';
import { goingOnOf, HANDLER_TIMEOUT, type Mode, options, SNAPSHOT_EVERY, sideOf, weatherOf } from './drawn.ts';
import type { Outcome } from './outcome.ts';
import { FAIR, SimThreads } from './sim-threads.ts';
import { judgeTails } from './tails.ts';

type Chain = typeof import('./chain.ts');

export type { Mode };
export const MODES: readonly Mode[] = ['init', 'replay', 'standby', 'replicas'];

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What became of one message. */
interface Fate {
  readonly id: number;
  settled: number;
  reply: Link | undefined;
  error: unknown;
}

/**
 * One server in a world that draws its faults: the real manager and the real runtime of threads, on a virtual clock. The judge is a model that applies
 * exactly what was answered.
 */
export async function simulate(seed: number, mode: Mode, messages: number): Promise<Outcome> {
  const random = seeded(seed);
  const clock = new VirtualClock();
  const threads = new SimThreads(random, clock, seed);
  const never = { hold: () => {}, release: () => {}, close: () => {} };
  const drawn = options(mode, random, seed);
  const starting = startServer<Chain>(
    { filename: 'file:///simulated.js', callTimeout: Number.POSITIVE_INFINITY, ...drawn },
    { clock, keepAlive: never, threads: { start: threads.start, close: async () => {} }, seed },
  );
  let server: Server<Chain> | undefined;
  void starting.then((one) => {
    server = one;
  });
  while (server === undefined) {
    threads.step();
    await turn();
  }
  return new Trial(server, threads, clock, random, mode, seed, drawn.retry).run(messages);
}

class Trial {
  readonly #server: Server<Chain>;
  readonly #threads: SimThreads;
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #mode: Mode;
  readonly #seed: number;
  readonly #retry: number;
  readonly #fates: Fate[] = [];
  #convictions = 0;
  #lateReplies = 0;
  #wrong = 0;
  /** Faults since the last snapshot. */
  #spoiledCopies = 0;
  /** Most messages that were under way at once: a copy is asked for behind all of them, and counts when the slowest has made it. */
  #underWay = 0;

  constructor(server: Server<Chain>, threads: SimThreads, clock: VirtualClock, random: Random, mode: Mode, seed: number, retry: number) {
    this.#server = server;
    this.#threads = threads;
    this.#clock = clock;
    this.#random = random;
    this.#mode = mode;
    this.#seed = seed;
    this.#retry = retry;
    server.on('conviction', () => this.#convictions++);
    server.on('lateReply', () => this.#lateReplies++);
    for (const fault of ['threadExit', 'dropped'] as const) server.on(fault, () => this.#spoiledCopies++);
    server.on('snapshot', () => {
      this.#spoiledCopies = 0;
    });
  }

  async run(messages: number): Promise<Outcome> {
    const random = this.#random;
    this.#threads.weather = weatherOf(this.#mode, random);
    this.#threads.side = sideOf(this.#mode, this.#seed);
    this.#threads.goingOn = goingOnOf(this.#seed);
    for (let sent = 0; sent < messages; ) {
      const burst = Math.min(messages - sent, Math.floor(random() * 12));
      for (let i = 0; i < burst; i++) this.#send(++sent);
      await this.#some(Math.floor(random() * 25));
      if (random() < 0.02) this.#threads.badReplica = Math.floor(random() * 3);
      this.#checkBounds();
    }
    // The faults end; then everything that was sent must settle, and the state must be whole.
    this.#threads.weather = FAIR;
    this.#threads.side = 0;
    await this.#until(() => this.#fates.every(({ settled }) => settled > 0));
    const end = await this.#answer(this.#server.call('end'));
    const state = (await this.#answer(this.#server.state())) as ChainState;
    this.#judge(state, end);
    await this.#close(state, random);
    const { deaths, struck } = this.#threads;
    return {
      seed: this.#seed,
      messages,
      answered: this.#fates.filter(({ reply }) => reply !== undefined).length,
      rejected: this.#fates.filter(({ error }) => error !== undefined).length,
      deaths: Object.values(deaths).reduce((sum, n) => sum + n, 0),
      spoiled: this.#threads.spoiled + this.#threads.spoiledSides,
      convictions: this.#convictions,
      wrong: this.#wrong,
      struck,
    };
  }

  /** Threads die also while the server is being stopped: each call settles once, and those that are answered go on where the state was. */
  async #close({ hash, ids }: { hash: number; ids: readonly number[] }, random: Random): Promise<void> {
    const before = this.#fates.length;
    for (let id = 1_000_000; id < 1_000_012; id++) this.#watch(id, this.#server.call('add', id));
    this.#threads.weather = weatherOf(this.#mode, random);
    this.#threads.isClosing = true;
    await this.#some(3);
    await this.#answer(this.#server.stop());
    await turn();
    const last = this.#fates.slice(before);
    const where = `seed ${this.#seed}, ${this.#mode}, while it was stopped`;
    assert.ok(
      last.every(({ settled }) => settled === 1),
      `${where}: each call settles once`,
    );
    if (this.#mode === 'init' || this.#mode === 'single and wrong') return;
    let at: Link = { index: ids.length, hash };
    for (const { id, reply } of last) {
      if (reply === undefined) continue;
      at = { index: at.index + 1, hash: link(at.hash, id) };
      assert.deepEqual(reply, at, `${where}: a wrong answer to ${id}`);
    }
  }

  #send(id: number): void {
    const draw = this.#random();
    const server = this.#server;
    if (draw < 0.7) this.#watch(id, server.call('add', id));
    else if (draw < 0.75) this.#watch(-1, server.call('refuse', id));
    else if (draw < 0.76 && this.#mode !== 'single and wrong') this.#watch(-1, server.call('throws', id));
    else if (draw < 0.8) {
      this.#watch(-1, server.call('tick', Math.floor(this.#random() * 50)));
    } else if (draw < 0.85) this.#watch(-1, server.call('end'));
    else server.cast('put', -id);
  }

  #watch(id: number, call: Promise<unknown>): void {
    const fate: Fate = { id, settled: 0, reply: undefined, error: undefined };
    this.#fates.push(fate);
    call.then(
      (reply) => {
        fate.settled++;
        if (id > 0) fate.reply = reply as Link;
      },
      (error) => {
        fate.settled++;
        fate.error = error;
      },
    );
  }

  async #some(steps: number): Promise<void> {
    for (let i = 0; i < steps; i++) {
      if (!this.#threads.step()) break;
      if (this.#random() < 0.3) await turn();
    }
    await turn();
    await this.#clock.advance(this.#random() * 5);
    if (this.#threads.haveHung && this.#random() < 0.2) await this.#outlast();
  }

  /** Until what hangs is ended. If all that is to come were sent before that, it would meet no other fault. */
  async #outlast(): Promise<void> {
    for (let ms = 0; ms <= HANDLER_TIMEOUT && this.#threads.haveHung; ms += 5) {
      for (let i = 0; i < 5; i++) this.#threads.step();
      await turn();
      await this.#clock.advance(5);
    }
  }

  async #until(isSo: () => boolean): Promise<void> {
    for (let i = 0; !isSo(); i++) {
      assert.ok(i < 200_000, `seed ${this.#seed}, ${this.#mode}: something never settled`);
      this.#threads.step();
      await turn();
      if (i % 10 === 0) await this.#clock.advance(1);
    }
  }

  async #answer<T>(promise: Promise<T>): Promise<T> {
    let over = false;
    const settled = promise.finally(() => {
      over = true;
    });
    settled.catch(() => {});
    await this.#until(() => over);
    return settled;
  }

  /** The log is cut at snapshots, however long the server lives; what is under way comes on top, and so does each copy that a fault has spoiled. */
  #checkBounds(): void {
    const { log, threads } = this.#server.status();
    const slowest = Math.min(log.committed, ...threads.filter(({ state }) => state !== 'dead').map(({ applied }) => applied));
    this.#underWay = Math.max(this.#underWay, log.open + log.committed - slowest);
    const bound = (this.#spoiledCopies + 2) * (SNAPSHOT_EVERY + this.#underWay);
    assert.ok(log.messages <= bound, `seed ${this.#seed}, ${this.#mode}: the log holds ${log.messages} messages`);
  }

  #judge(state: ChainState, end: Link): void {
    const where = `seed ${this.#seed}, ${this.#mode}`;
    assert.ok(
      this.#fates.every(({ settled }) => settled === 1),
      `${where}: each call settles once`,
    );
    assert.equal(this.#lateReplies, 0, `${where}: nobody is answered twice`);
    if (this.#mode === 'init') return; // The state begins anew with each thread: there is no history to be compared with.
    const hashes = [1];
    for (const id of state.ids) hashes.push(link(hashes.at(-1)!, id));
    for (const { id, reply, error } of this.#fates) {
      if (id < 0) continue;
      const times = state.ids.filter((one) => one === id).length;
      if (reply === undefined) assert.equal(times, 0, `${where}: ${id} was rejected (${error}), and is in the state`);
      else if (this.#mode === 'single and wrong') this.#wrong += reply.hash === hashes[reply.index] ? 0 : 1;
      else {
        assert.equal(times, 1, `${where}: ${id} was answered, and is ${times} times in the state`);
        assert.equal(state.ids[reply.index - 1], id, `${where}: ${id} is in another place than its reply said`);
        assert.equal(reply.hash, hashes[reply.index], `${where}: a wrong answer to ${id}`);
      }
    }
    if (this.#mode === 'single and wrong') return;
    assert.equal(state.hash, hashes.at(-1), `${where}: the state is not what the messages make of it`);
    assert.equal(state.side, state.ids.reduce(aside, 1), `${where}: what no reply tells is wrong in the state`);
    judgeTails(state, this.#threads, { quorum: this.#mode === 'replicas' ? 2 : 1, retry: this.#retry }, where);
    assert.deepEqual(end, { index: state.ids.length, hash: state.hash }, where);
    const casts = state.ids.filter((id) => id < 0);
    assert.equal(new Set(casts).size, casts.length, `${where}: a cast was applied twice`);
    assert.deepEqual(
      [...casts].sort((a, b) => b - a),
      casts,
      `${where}: casts were reordered`,
    );
  }
}
