import type { Job } from '../work/job.ts';

/** What a case asks of a pool. Everything else stays at the contender's own defaults. */
export interface Needs {
  readonly threads: number;
  /** How long one attempt may take, in milliseconds; absent where the case injects nothing that never ends. */
  readonly timeoutMs?: number;
  /** Heap limit of a thread, in megabytes. */
  readonly heapMb?: number;
  /** Faults are injected: a contender with a safer set-up uses it. */
  readonly faulty?: boolean;
  /** Options of Holdfast alone, for what no other contender offers. */
  readonly holdfast?: Readonly<Record<string, unknown>>;
}

/** A pool that runs. */
export interface PoolUnderTest {
  run(job: Job, transfer?: readonly ArrayBuffer[]): PromiseLike<unknown>;
  /** Results in input order; absent where the contender has no such thing, and the harness keeps a window of `run`s. */
  map?(jobs: Iterable<Job>): AsyncIterable<unknown>;
  /** Hands each answer over as it comes, with no promise for any: what messages alone can do. */
  flood?(jobs: Iterable<Job>, answered: (value: unknown) => void): Promise<void>;
  /** Threads stop, at the latest when the process is killed. */
  close(): Promise<unknown>;
}

/** One way to run tasks on threads. */
export interface Contender {
  readonly name: string;
  /** How it is set up, in one line for the report. */
  readonly setup: string;
  start(needs: Needs): Promise<PoolUnderTest>;
}

/** Where the compiled module of the given name lies. */
export const compiled = (name: string): URL => new URL(`../${name}.js`, import.meta.url);
