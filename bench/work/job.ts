import { mix32 } from '../../src/core/random.ts';

/** What a task is asked to do. A bare number is the no-op: it comes back as it went. */
export type Job = number | BusyJob | WorkJob | PauseJob | PayloadJob | MakeJob | MeetJob | HoldJob | StampJob;

/** Plain CPU work; no fault can strike it. */
export interface BusyJob {
  readonly kind: 'busy';
  readonly id: number;
  readonly rounds: number;
}

/** CPU work under the fault plan of the run, written down in the ledger. */
export interface WorkJob {
  readonly kind: 'work';
  readonly id: number;
  readonly rounds: number;
}

/**
 * Computes for some rounds, then blocks its thread without a core, as a read from a disk does; `slowMs` where the fault plan says so. Written
 * down in the ledger.
 */
export interface PauseJob {
  readonly kind: 'pause';
  readonly id: number;
  readonly rounds: number;
  readonly ms: number;
  readonly slowMs: number;
}

/** Bytes that go over; their number comes back. */
export interface PayloadJob {
  readonly kind: 'payload';
  readonly bytes: Uint8Array;
}

/** Makes a large result. */
export interface MakeJob {
  readonly kind: 'make';
  readonly id: number;
  readonly what: 'objects' | 'text' | 'numbers';
  /** Objects, characters or numbers in it. */
  readonly length: number;
}

/** Waits until as many threads are in such a job as the pool has: shows that it is whole. */
export interface MeetJob {
  readonly kind: 'meet';
  readonly parties: number;
  readonly limitMs: number;
}

/** Keeps a thread busy until the main process says go. */
export interface HoldJob {
  readonly kind: 'hold';
  readonly limitMs: number;
}

/** `die`: notes the time and ends its thread. `live`: notes the time it began. */
export interface StampJob {
  readonly kind: 'stamp';
  readonly what: 'die' | 'live';
}

/** The right answer of a busy, work or pause job, which both sides can compute and no other task's answer equals by luck. */
export const answerOf = (id: number): number => mix32(id + 1);
