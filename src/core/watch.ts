import type { ThreadExitReason } from './events.ts';
import type { FailureKind } from './failure.ts';

/** Which attempt it was. */
export interface WatchedAttempt {
  /** Number of the task in its pool, from 1. */
  readonly taskId: number;
  /** The export that is called. */
  readonly name: string;
  /** 1 for the first attempt of the task. */
  readonly attempt: number;
  /** Number of the copy; 0 unless the task is redundant or hedged. */
  readonly replica: number;
}

/** How an attempt ended that did not simply return. `surplus`: its result was no longer needed. */
export type WorkOutcome = Extract<FailureKind, 'error' | 'clone'> | 'givenUp' | 'surplus';

/** Attempts of which only a sum is told. */
export interface FurtherWork {
  /** How many. */
  readonly count: number;
  /** Milliseconds that they ran, together. */
  readonly busy: number;
  /** When the last of them ended. */
  readonly until: number;
}

/** Attempts that ended one after another on one thread, and were reported in one message: one that is long, or many that are short. */
export interface Work extends WatchedAttempt {
  /** Place of the thread in the pool. */
  readonly slot: number;
  /** Which thread of its slot it is, from 1. */
  readonly generation: number;
  /** Start of the first attempt, then the end of each, which is the start of the next; milliseconds on the scale of `PoolWatch.now`. */
  readonly times: readonly number[];
  /** Which of them did not simply return: index from 0, and what happened. Usually empty. */
  readonly odd: readonly (readonly [index: number, outcome: WorkOutcome])[];
  /** Milliseconds that the first of them waited from its acceptance to its start; undefined if it was no first attempt. */
  readonly waited: number | undefined;
  /** Attempts of the same thread that came after those, and of which only a sum is told: see `PoolWatch.gather`. None of them failed. */
  readonly further: FurtherWork | undefined;
}

/** An attempt that ended with its thread. */
export interface LostWork extends WatchedAttempt {
  /** Place of the thread in the pool. */
  readonly slot: number;
  /** Which thread of its slot it was, from 1. */
  readonly generation: number;
  /** Milliseconds on the scale of `PoolWatch.now`. */
  readonly startedAt: number;
  /** When the death was found out; on the same scale. */
  readonly endedAt: number;
  /** Why the thread ended. */
  readonly reason: ThreadExitReason;
}

/** A task that settled with an error, or was refused. `attemptsOf(error)` lists its attempts. */
export interface RejectedTask {
  /** Number of the task in its pool, from 1; -1 if it was refused. */
  readonly taskId: number;
  /** The export that is called. */
  readonly name: string;
  /** Why it failed. */
  readonly kind: FailureKind;
  /** What `run` rejects with. */
  readonly error: unknown;
}

/** What `pool.watch` calls. It is called inside the pool's own work, in no particular asynchronous context: keep it short. What it throws is ignored. */
export interface PoolWatcher {
  /** Attempts have ended, and their thread has reported them. */
  worked?(work: Work): void;
  /** A thread has ended, and an attempt with it. */
  lost?(work: LostWork): void;
  /** A task has settled with an error, or was refused. */
  rejected?(task: RejectedTask): void;
}
