// Taken before code of the user can put something in their place: see intrinsics.ts.
const { add, load } = Atomics;
const { max } = Math;

/** Milliseconds between two ticks of the event loop that keeps the time. */
export const TICK = 50;
/** Milliseconds. A tick that is this late shows that the event loop did not turn. */
export const LATE = 2 * TICK;

/** Milliseconds that the processors have spent on this process. */
export type CpuTime = () => number;

const FIELDS = { tickedAt: 0, cpu: 1, rate: 2, lost: 3, ticking: 4 } as const;
const FLOATS = Object.keys(FIELDS).length;

/**
 * How much time of this process counts for no task, in memory that all its threads share: it was stopped by a signal, frozen with its container, or
 * moved with its machine. The clock goes on meanwhile, and afterwards every time limit seems to have passed.
 *
 * A steady tick of one event loop tells. If the tick is late, the process was paused, or that loop was busy. Then the time that the process has
 * spent on its processors since the last tick decides: where something computes, it is as much as the time that has passed; where all was
 * frozen, it is next to nothing. A process whose only loop waits in a blocking call while its threads wait as well looks frozen, too: its limits
 * stand still until one of them goes on, which charges no task.
 */
export class Presence {
  readonly buffer: SharedArrayBuffer;
  readonly #floats: Float64Array;
  /** Odd while the loop writes. */
  readonly #version: Int32Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(FLOATS * Float64Array.BYTES_PER_ELEMENT + 8)) {
    this.buffer = buffer;
    this.#floats = new Float64Array(buffer, 0, FLOATS);
    this.#version = new Int32Array(buffer, FLOATS * Float64Array.BYTES_PER_ELEMENT, 1);
  }

  /** Milliseconds that are known to count for no task. */
  get lost(): number {
    return this.#floats[FIELDS.lost]!;
  }

  get tickedAt(): number {
    return this.#floats[FIELDS.tickedAt]!;
  }

  /** The same, with what has not been noticed yet: the loop may not have had its turn since. */
  lostAt(now: number, cpuTime: CpuTime): number {
    const floats = this.#floats;
    for (;;) {
      const version = load(this.#version, 0);
      const lost = floats[FIELDS.lost]!;
      const gap = now - floats[FIELDS.tickedAt]!;
      const cpu = floats[FIELDS.cpu]!;
      const rate = floats[FIELDS.rate]!;
      const ticking = floats[FIELDS.ticking]! === 1;
      if (version % 2 === 1 || load(this.#version, 0) !== version) continue;
      if (!ticking || gap <= LATE) return lost;
      return lost + max(0, gap - max(LATE, (cpuTime() - cpu) / rate + TICK));
    }
  }

  /** The loop turns. */
  tick(now: number, cpuTime: CpuTime): void {
    const lost = this.lostAt(now, cpuTime);
    const cpu = cpuTime();
    const gap = now - this.tickedAt;
    // How many processors the process keeps busy at a time. It cannot be known what a late tick would be without the pause.
    const rate = gap > LATE || gap < TICK / 2 ? this.#floats[FIELDS.rate]! : max(1, (cpu - this.#floats[FIELDS.cpu]!) / gap);
    this.#write(now, cpu, rate, lost, 1);
  }

  /** From now on it ticks. What was before is not looked at. */
  begin(now: number, cpuTime: CpuTime): void {
    this.#write(now, cpuTime(), max(1, this.#floats[FIELDS.rate]!), this.lost, 1);
  }

  /** Stops ticking: nothing waits for it. */
  end(): void {
    this.#write(this.tickedAt, 0, 1, this.lost, 0);
  }

  #write(tickedAt: number, cpu: number, rate: number, lost: number, ticking: 0 | 1): void {
    const floats = this.#floats;
    add(this.#version, 0, 1);
    floats[FIELDS.tickedAt] = tickedAt;
    floats[FIELDS.cpu] = cpu;
    floats[FIELDS.rate] = rate;
    floats[FIELDS.lost] = lost;
    floats[FIELDS.ticking] = ticking;
    add(this.#version, 0, 1);
  }
}
