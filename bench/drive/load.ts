import type { PoolUnderTest } from '../contenders/contender.ts';
import type { Job } from '../work/job.ts';
import { watchForStall } from './stall.ts';
import { newTally, type Tally } from './tally.ts';

export interface Load {
  readonly jobOf: (id: number) => Job;
  readonly answerOf: (id: number) => unknown;
  readonly transferOf?: (job: Job) => readonly ArrayBuffer[];
  /** Every n-th task's latency is kept. */
  readonly sampleEvery?: number;
  /** Whose latency is kept, where it is not every n-th. */
  readonly isSampled?: (id: number) => boolean;
  /** Milliseconds without a settlement after which it gives up. */
  readonly stallMs: number;
  /** Whether no fault ever struck the task; asked when it was rejected. */
  readonly isInnocent?: (id: number) => boolean;
  /** Called about four times a second. */
  readonly onProgress?: (tally: Tally) => void;
}

/** Sends tasks to a pool and keeps the tally. When the next one is sent is decided by `closedLoop` and `openLoop`. */
export interface Driver {
  readonly tally: Tally;
  /** Sends the next task; `then` is called once it has settled. */
  send(then: (ok: boolean) => void): void;
  /** Notes where things stand, as the last task has been sent. */
  lastSent(): void;
  /** Looks whether the load is done, for a driver that stopped sending without a settlement. */
  check(): void;
  /** Resolves when `isDone` holds after a settlement, or nothing settles any more. */
  finish(isDone: () => boolean): Promise<Tally>;
}

export function createDriver(pool: PoolUnderTest, load: Load): Driver {
  const tally = newTally();
  const began = performance.now();
  const every = load.sampleEvery ?? 1;
  const isSampled = load.isSampled ?? ((id: number) => id % every === 0);
  let check = (): void => {};

  const send = (then: (ok: boolean) => void): void => {
    const id = tally.accepted++;
    const sentAt = isSampled(id) ? performance.now() : 0;
    const job = load.jobOf(id);
    let isOpen = true;
    const settled = (ok: boolean): void => {
      isOpen = false;
      tally.settled++;
      if (sentAt > 0) tally.latencies.push(performance.now() - sentAt);
      if (!ok && load.isInnocent?.(id)) tally.innocentsFailed++;
      then(ok);
      check();
    };
    const fulfilled = (value: unknown): void => {
      if (!isOpen) {
        tally.duplicated++;
        return;
      }
      if (value === load.answerOf(id)) tally.right++;
      else tally.wrong++;
      settled(true);
    };
    const rejected = (error: unknown): void => {
      if (!isOpen) {
        tally.duplicated++;
        return;
      }
      tally.failed++;
      if (tally.errors.length < 3) tally.errors.push(String(error).split('\n')[0]!);
      settled(false);
    };
    try {
      pool.run(job, load.transferOf?.(job)).then(fulfilled, rejected);
    } catch (error) {
      setImmediate(rejected, error);
    }
  };

  const finish = async (isDone: () => boolean): Promise<Tally> => {
    const watch = watchForStall(
      isDone,
      () => tally.settled,
      load.stallMs,
      () => load.onProgress?.(tally),
    );
    check = watch.check;
    check();
    const { stalled, at } = await watch.end;
    // What settles from here on belongs to the next measurement.
    return { ...tally, stalled, elapsedMs: at - began };
  };

  const lastSent = (): void => {
    tally.steady ??= { ms: performance.now() - began, settled: tally.settled, right: tally.right };
  };
  return { tally, send, lastSent, check: () => check(), finish };
}
