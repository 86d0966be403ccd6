/** What comes, when, and how long it takes: without end, and drawn as far as it is asked for. */
export class Stream {
  readonly #gap: () => number;
  readonly #time: () => number;
  readonly #cameAt: number[] = [];
  readonly #takes: number[] = [];

  constructor(gap: () => number, time: () => number) {
    this.#gap = gap;
    this.#time = time;
  }

  cameAt(event: number): number {
    while (this.#cameAt.length <= event) {
      this.#cameAt.push((this.#cameAt.at(-1) ?? 0) + this.#gap());
      this.#takes.push(this.#time());
    }
    return this.#cameAt[event]!;
  }

  takes(event: number): number {
    return this.#takes[event]!;
  }
}

/** Some servers are lost, and come back, or others in their place. */
export interface Outage {
  readonly at: number;
  readonly servers: number;
  /** Milliseconds until the loss is noticed: what the lost servers had is begun again then. And until they are back. */
  readonly noticed: number;
  readonly back: number;
}

export interface Run {
  /** Start of the execution that ended, of each event that had come. */
  readonly startedAt: readonly number[];
  /** When nothing waited and no server was missing, for the first time after the loss. */
  readonly wholeAt: number;
}

const NOBODY = -1;

/**
 * A queue as books have it: first in first out, servers that need no time to learn what is next, and nothing else. It runs a thousand times as fast as a
 * pool on simulated machines, and is similar enough to it that the difference of the two, with the same events, needs few samples (a control variate).
 */
export class IdealQueue {
  readonly #stream: Stream;
  readonly #startedAt: number[] = [];
  readonly #serves: Int32Array;
  readonly #endsAt: Float64Array;
  readonly #dead: Uint8Array;
  /** Events that have to be begun again: they go first. */
  #again: number[] = [];
  #next = 0;
  #came = 0;

  constructor(servers: number, stream: Stream) {
    this.#stream = stream;
    this.#serves = new Int32Array(servers).fill(NOBODY);
    this.#endsAt = new Float64Array(servers).fill(Number.POSITIVE_INFINITY);
    this.#dead = new Uint8Array(servers);
  }

  /** Until this many events have been started. */
  usual(events: number): readonly number[] {
    while (this.#next < events) this.#step(Number.POSITIVE_INFINITY);
    return this.#startedAt;
  }

  /** Until it is whole again. */
  run({ at, noticed, back, servers }: Outage): Run {
    this.#until(at);
    this.#dead.fill(1, 0, servers);
    this.#endsAt.fill(Number.POSITIVE_INFINITY, 0, servers);
    this.#until(at + noticed);
    this.#again = [...this.#serves.subarray(0, servers)].filter((event) => event !== NOBODY);
    // From now on they are known to be gone, and are given nothing.
    this.#dead.fill(2, 0, servers);
    this.#feed(at + noticed);
    this.#until(at + back);
    this.#dead.fill(0);
    this.#serves.fill(NOBODY, 0, servers);
    this.#feed(at + back);
    let time = at + back;
    while (this.#waiting > 0) time = this.#step(Number.POSITIVE_INFINITY);
    return { startedAt: this.#startedAt, wholeAt: time };
  }

  get #waiting(): number {
    return this.#again.length + this.#came - this.#next;
  }

  #until(time: number): void {
    while (this.#step(time) < time);
  }

  /** The next thing that happens before `until`. Returns when it was. */
  #step(until: number): number {
    let [first, at] = [NOBODY, this.#stream.cameAt(this.#came)];
    for (let i = 0; i < this.#endsAt.length; i++) if (this.#endsAt[i]! < at) [first, at] = [i, this.#endsAt[i]!];
    if (at >= until) return until;
    if (first === NOBODY) this.#came++;
    else {
      this.#serves[first] = NOBODY;
      this.#endsAt[first] = Number.POSITIVE_INFINITY;
    }
    this.#feed(at);
    return at;
  }

  /** Gives what waits to those who are free. One that is dead, and not known to be, takes one in vain. */
  #feed(at: number): void {
    for (let i = 0; i < this.#serves.length && this.#waiting > 0; i++) {
      if (this.#serves[i] !== NOBODY || this.#dead[i] === 2) continue;
      const event = this.#again.shift() ?? this.#next++;
      this.#serves[i] = event;
      this.#startedAt[event] = at;
      if (this.#dead[i] === 0) this.#endsAt[i] = at + this.#stream.takes(event);
    }
  }
}
