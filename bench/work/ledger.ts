import { FAULT_KINDS, type FaultKind } from './faults.ts';

/** What threads and main process write down about each task, in shared memory, whatever the pool believes. */
export interface Ledger {
  readonly buffer: SharedArrayBuffer;
  /** How many ids it holds: 0 to `tasks - 1`. */
  readonly tasks: number;
  /** Counts a start of the task and returns its number, from 1. */
  started(id: number): number;
  /** Counts that the task's work was done to the end once. */
  finished(id: number): void;
  /** Counts that a fault of the kind was made to happen to the task. */
  struck(id: number, kind: FaultKind): void;
  /** How often the kind struck any task. */
  strikesOf(kind: FaultKind): number;
  starts(id: number): number;
  finishes(id: number): number;
  strikes(id: number): number;
  /** Counts a thread that begins to load the task module, and returns its number, from 1. */
  threadStarted(): number;
  /** After this no fault is injected any more. */
  calm(): void;
  isCalm(): boolean;
  /** Blocks the thread until `parties` threads are in here at once, or `limitMs` has passed; true when they met. */
  meet(parties: number, limitMs: number): boolean;
  /** Empties the meeting place, for a thread that was killed in there never left it. */
  clearMeeting(): void;
  /** Blocks the thread until `release` is called, or `limitMs` has passed. */
  hold(limitMs: number): void;
  release(): void;
  /** Monotonic time stamps, in milliseconds, that any thread of the process may write and compare. */
  stamp(place: 'death' | 'start'): void;
  stampOf(place: 'death' | 'start'): number;
}

const KINDS = 8;
const HEADER = KINDS + FAULT_KINDS.length;
const STAMPS = 2;
const [CALM, ARRIVED, THREADS, HELD] = [0, 1, 2, 3] as const;
const PLACE = { death: 0, start: 1 } as const;

const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** A new ledger for ids 0 to `tasks - 1`. */
export function createLedger(tasks: number): Ledger {
  return openLedger(new SharedArrayBuffer(STAMPS * 8 + (HEADER + 3 * tasks) * 4));
}

/** The ledger that lives in a buffer made by `createLedger`, from any thread. */
export function openLedger(buffer: SharedArrayBuffer): Ledger {
  const stamps = new Float64Array(buffer, 0, STAMPS);
  const cells = new Int32Array(buffer, STAMPS * 8);
  const tasks = (cells.length - HEADER) / 3;
  const at = (column: number, id: number): number => HEADER + column * tasks + id;
  return {
    buffer,
    tasks,
    started: (id) => Atomics.add(cells, at(0, id), 1) + 1,
    finished: (id) => void Atomics.add(cells, at(1, id), 1),
    struck: (id, kind) => {
      Atomics.add(cells, at(2, id), 1);
      Atomics.add(cells, KINDS + FAULT_KINDS.indexOf(kind), 1);
    },
    strikesOf: (kind) => Atomics.load(cells, KINDS + FAULT_KINDS.indexOf(kind)),
    starts: (id) => Atomics.load(cells, at(0, id)),
    finishes: (id) => Atomics.load(cells, at(1, id)),
    strikes: (id) => Atomics.load(cells, at(2, id)),
    threadStarted: () => Atomics.add(cells, THREADS, 1) + 1,
    calm: () => void Atomics.store(cells, CALM, 1),
    isCalm: () => Atomics.load(cells, CALM) === 1,
    meet: (parties, limitMs) => meet(cells, parties, limitMs),
    clearMeeting: () => void Atomics.store(cells, ARRIVED, 0),
    hold: (limitMs) => void Atomics.wait(cells, HELD, 0, limitMs),
    release: () => {
      Atomics.store(cells, HELD, 1);
      Atomics.notify(cells, HELD);
    },
    stamp: (place) => {
      stamps[PLACE[place]] = monotonicMs();
    },
    stampOf: (place) => stamps[PLACE[place]]!,
  };
}

/** A thread that gives up takes its arrival back, so that a later one does not meet a ghost. */
function meet(cells: Int32Array, parties: number, limitMs: number): boolean {
  const until = monotonicMs() + limitMs;
  let here = Atomics.add(cells, ARRIVED, 1) + 1;
  if (here >= parties) Atomics.notify(cells, ARRIVED);
  while (here < parties) {
    const left = until - monotonicMs();
    if (left <= 0) {
      Atomics.sub(cells, ARRIVED, 1);
      return false;
    }
    Atomics.wait(cells, ARRIVED, here, left);
    here = Atomics.load(cells, ARRIVED);
  }
  return true;
}
