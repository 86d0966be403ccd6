import assert from 'node:assert/strict';
import type { SyncRule } from '../../src/batch/journal/journal.ts';
import type { Processes, ProcessName } from '../../src/batch/machine/processes.ts';
import { type BatchJobOptions, type BatchSeams, resolveJob } from '../../src/batch/options.ts';
import type { BatchSummary } from '../../src/batch/progress.ts';
import { runJob } from '../../src/batch/run-job.ts';
import type { Random } from '../../src/core/random.ts';
import { settle, VirtualClock } from '../../src/faults/virtual-clock.ts';
import { type Fate, SimulatedDisk } from './disk/simulated-disk.ts';
import { type FakePool, type FakeTask, fakePool } from './fake-pool.ts';

export type Ending =
  | { readonly how: 'killed'; readonly calls: number; readonly notes: string[]; readonly pool: FakePool | undefined }
  | { readonly how: 'ended'; readonly calls: number; readonly notes: string[]; readonly pool: FakePool; readonly summary: BatchSummary }
  | {
      readonly how: 'failed';
      readonly calls: number;
      readonly notes: string[];
      readonly pool: FakePool | undefined;
      readonly error: Error;
    };

export type WorldOptions = Partial<BatchJobOptions> & { sync?: SyncRule };

/** A machine with a simulated disk, on which batch jobs are begun, killed and resumed. */
export class World {
  readonly disk: SimulatedDisk;
  readonly #random: Random;
  readonly #task: FakeTask;
  readonly #alive = new Set<number>();
  #pids = 100;

  constructor(random: Random, task: FakeTask, input: string | Buffer, name = '/in.ndjson') {
    this.#random = random;
    this.#task = task;
    this.disk = new SimulatedDisk(random);
    this.disk.put('/task.js', 'export default (x) => x');
    this.disk.put(name, input);
  }

  /** The life of one process that runs the job; ends when the job does, or when it is killed. @param more what it stands on besides */
  async run(
    options: WorldOptions,
    fate: Fate = {},
    stdin: AsyncIterable<Buffer> = nothing(),
    more: Partial<BatchSeams> = {},
  ): Promise<Ending> {
    const pid = ++this.#pids;
    this.#alive.add(pid);
    const life = this.disk.life(fate);
    const notes: string[] = [];
    const clock = new VirtualClock();
    let pool: FakePool | undefined;
    const createPool = () => {
      pool = fakePool(this.#task, this.#random);
      return pool;
    };
    const seams = { disk: life.disk, processes: this.#processes(pid), clock, stdin: () => stdin, stdout: never, createPool, ...more };
    const job = resolveJob({
      filename: '/task.js',
      input: '/in.ndjson',
      out: '/out.ndjson',
      threads: 2,
      onNote: (note) => notes.push(note),
      ...options,
    } as BatchJobOptions & Record<string, unknown>);
    const ended = runJob(job, seams).then(
      (summary) => ({ how: 'ended' as const, summary, pool: pool! }),
      (error: Error) => ({ how: 'failed' as const, error, pool }),
    );
    const ending = await this.#drive(clock, Promise.race([ended, life.killed.then(() => ({ how: 'killed' as const, pool }))]));
    this.#alive.delete(pid);
    life.end();
    return { ...ending, calls: life.calls(), notes };
  }

  /** Keeps the clock going until `work` is settled. */
  async #drive<T>(clock: VirtualClock, work: Promise<T>): Promise<T> {
    let open = true;
    const close = () => {
      open = false;
    };
    work.then(close, close);
    for (let turns = 0; open; turns++) {
      assert.ok(turns < 200_000, 'The job neither ends nor goes on.');
      await settle();
      if (open) clock.step();
    }
    return work;
  }

  #processes(pid: number): Processes {
    const self: ProcessName = { host: 'here', machine: '', boot: 'b', space: 's', pid, started: String(pid) };
    return { self, state: (other) => (this.#alive.has(other.pid) ? 'alive' : 'dead'), end: (other) => void this.#alive.delete(other.pid) };
  }
}

async function* nothing(): AsyncGenerator<Buffer> {}

function never() {
  const refuse = () => Promise.reject(new Error('not in this world'));
  return { facts: refuse, read: refuse, write: refuse, sync: refuse, truncate: refuse, lock: refuse, close: refuse };
}
