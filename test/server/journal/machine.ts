import assert from 'node:assert/strict';
import type { Processes, ProcessName } from '../../../src/batch/machine/processes.ts';
import type { Random } from '../../../src/core/random.ts';
import { VirtualClock } from '../../../src/faults/virtual-clock.ts';
import { type Server, type ServerOptions, startServer } from '../../../src/server/index.ts';
import { type Fate, type Life, SimulatedDisk } from '../../batch/disk/simulated-disk.ts';
import type { ChainState } from '../world/chain.ts';
import { SimThreads } from '../world/sim-threads.ts';

type Chain = typeof import('../world/chain.ts');

/** How one message of a life came out: answered, or rejected with a code. */
export interface Told {
  readonly id: number;
  readonly code: unknown;
}

/** How one life of the program went. */
export interface Story {
  /** What the server had when it came up; `undefined`: it did not. */
  readonly had: ChainState | undefined;
  /** Why it did not, or has ended. */
  readonly error: (Error & { code?: string }) | undefined;
  readonly answered: readonly number[];
  readonly rejected: readonly Told[];
  /** Messages that a question has shown. */
  readonly shown: ReadonlySet<number>;
  readonly calls: number;
  readonly snapshotsFailed: number;
}

const JOURNAL = '/data/journal';
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A machine with a disk that can be full, fail and lose power, on which a program with a server lives again and again. */
export class Machine {
  readonly disk: SimulatedDisk;
  readonly #random: Random;
  readonly #alive = new Set<number>();
  #pids = 100;
  #ids = 0;

  constructor(random: Random) {
    this.#random = random;
    this.disk = new SimulatedDisk(random);
  }

  /** One life: the server is started, given some messages, and stopped, or its program killed. Everything that is under way must settle. */
  async live(
    messages: number,
    {
      options = {},
      fate = {},
      end = 'stop',
      during,
    }: { options?: object; fate?: Fate; end?: 'stop' | 'die'; during?: (sent: number) => void } = {},
  ): Promise<Story> {
    const pid = ++this.#pids;
    this.#alive.add(pid);
    const life = this.disk.life(fate);
    const story = await new LifeOfServer(this.#random, life, this.#processes(pid)).run(options, messages, () => ++this.#ids, end, during);
    this.#alive.delete(pid);
    life.end();
    return { ...story, calls: life.calls() };
  }

  #processes(pid: number): Processes {
    const self: ProcessName = { host: 'here', machine: 'm', boot: 'b', space: 's', pid, started: String(pid) };
    return { self, state: (one) => (this.#alive.has(one.pid) ? 'alive' : 'dead'), end: () => {} } as Processes;
  }
}

class LifeOfServer {
  readonly #random: Random;
  readonly #life: Life;
  readonly #processes: Processes;
  readonly #clock = new VirtualClock();
  readonly #threads: SimThreads;
  readonly #answered: number[] = [];
  readonly #rejected: Told[] = [];
  readonly #shown = new Set<number>();
  #open = 0;
  #snapshotsFailed = 0;

  constructor(random: Random, life: Life, processes: Processes) {
    this.#random = random;
    this.#life = life;
    this.#processes = processes;
    this.#threads = new SimThreads(random, this.#clock, 1);
  }

  async run(
    options: object,
    messages: number,
    next: () => number,
    end: 'stop' | 'die',
    during: (sent: number) => void = () => {},
  ): Promise<Omit<Story, 'calls'>> {
    const starting = this.#settled(this.#start(options));
    const begun = await this.#drive(starting);
    if (begun.kind === 'rejected') return this.#told(undefined, begun.error as Error);
    const server = begun.value;
    server.on('snapshotFailed', () => this.#snapshotsFailed++);
    let over: { readonly kind: string; readonly error?: unknown } | undefined;
    void server.exited.then((reason) => {
      over = reason;
    });
    const looked = await this.#drive(this.#settled(server.state()));
    for (let sent = 0; sent < messages && over === undefined; sent++) {
      during(sent);
      this.#send(server, next());
      if (this.#random() < 0.5) await this.#some(4);
    }
    if (end === 'die') {
      await this.#some(Math.floor(this.#random() * 8));
      if (server.status().state !== 'over')
        return this.#told(looked.kind === 'fulfilled' ? (looked.value as ChainState) : undefined, undefined);
    }
    const reason = await this.#drive(server.stop());
    await turn();
    assert.equal(this.#open, 0, 'each call settles');
    const error = reason.kind === 'error' ? (reason.error as Error) : undefined;
    return this.#told(looked.kind === 'fulfilled' ? (looked.value as ChainState) : undefined, error);
  }

  #start(options: object): Promise<Server<Chain>> {
    const never = { hold: () => {}, release: () => {}, close: () => {} };
    const threads = { start: this.#threads.start, close: async () => {} };
    const given: ServerOptions<Chain> = {
      filename: 'file:///simulated.js',
      callTimeout: Number.POSITIVE_INFINITY,
      journal: JOURNAL,
      snapshotEvery: 8,
      restart: { intensity: 100, minTimeout: 0 },
      ...options,
    };
    return startServer<Chain>(given, {
      clock: this.#clock,
      keepAlive: never,
      threads,
      seed: 1,
      disk: this.#life.disk,
      processes: this.#processes,
    });
  }

  #send(server: Server<Chain>, id: number): void {
    this.#open++;
    const ask = this.#random() < 0.2;
    const call: Promise<unknown> = ask ? server.state() : server.call('add', id);
    call.then(
      (reply) => {
        this.#open--;
        if (!ask) this.#answered.push(id);
        else for (const one of (reply as ChainState).ids) this.#shown.add(one);
      },
      (error: { code?: unknown }) => {
        this.#open--;
        if (!ask) this.#rejected.push({ id, code: error.code });
      },
    );
  }

  async #some(steps: number): Promise<void> {
    for (let i = 0; i < steps; i++) {
      this.#threads.step();
      await turn();
    }
    await this.#clock.advance(this.#random() * 40);
  }

  #settled<T>(promise: Promise<T>): Promise<{ kind: 'fulfilled'; value: T } | { kind: 'rejected'; error: unknown }> {
    return promise.then(
      (value) => ({ kind: 'fulfilled', value }),
      (error) => ({ kind: 'rejected', error }),
    );
  }

  async #drive<T>(work: Promise<T>): Promise<T> {
    let over = false;
    void work.finally(() => {
      over = true;
    });
    for (let i = 0; !over; i++) {
      assert.ok(i < 20_000, 'something never settled');
      this.#threads.step();
      await turn();
      if (i % 5 === 0) await this.#clock.advance(1);
    }
    return work;
  }

  #told(had: ChainState | undefined, error: Story['error']): Omit<Story, 'calls'> {
    return { had, error, answered: this.#answered, rejected: this.#rejected, shown: this.#shown, snapshotsFailed: this.#snapshotsFailed };
  }
}

/** All that was answered, or shown by a question, is in the state, once and in order; what was rejected may be, once. */
export function assertKept(state: ChainState | undefined, lives: readonly Story[], where: string): void {
  assert.ok(state !== undefined, `${where}: the server came up again`);
  const ids = state.ids;
  assert.equal(new Set(ids).size, ids.length, `${where}: nothing is applied twice`);
  const has = new Set(ids);
  const needed = lives.flatMap(({ answered, shown }) => [...answered, ...shown]);
  assert.deepEqual(
    [...new Set(needed)].filter((id) => !has.has(id)),
    [],
    `${where}: what was answered is there`,
  );
  assert.deepEqual(
    [...ids].sort((a, b) => a - b),
    ids,
    `${where}: in order`,
  );
}
