import type { Attempt } from '../../../src/core/task.ts';
import { encodeError } from '../../../src/core/wire/codec.ts';
import { MAX_BUNDLE } from '../../../src/core/wire/control-block.ts';
import type { FailedItem } from '../../../src/core/wire/wire.ts';
import type { ExecutorThread, ThreadEvents } from '../../../src/executors/executor.ts';
import type { Timeline } from '../../simulation/world/timeline.ts';

/** What an attempt does: it takes some milliseconds, and answers or throws. */
export interface Deed {
  readonly ms: number;
  readonly value?: unknown;
  readonly throws?: boolean;
}

/** Decides at the start of each attempt what it will do. */
export type Perform = (attempt: Attempt) => Deed;

interface Mail {
  readonly bundle: number;
  readonly attempts: readonly Attempt[];
  size: number;
  claimed: number;
  finished: number;
}

/**
 * Milliseconds from the end of an item to the manager's hearing of it. Next to nothing: the closed forms know no such time, and at 95 % load a
 * hundredth of the service time is a fifth of the headroom.
 */
const LATENCY = 0.001;
/** As many bundles as a control block remembers. */
const REMEMBERED = 8;
const THROWN: FailedItem = [0, 'error', encodeError(new Error('the attempt was drawn to fail'))];

/** A thread of this machine on the virtual clock: it takes its items in order. */
export class Worker implements ExecutorThread {
  readonly memory: undefined;
  readonly sending = false;
  readonly threadId: number;
  seen = 0;
  itemStartedAt = 0;
  #life: 'starting' | 'idle' | 'busy' | 'dead' = 'starting';
  readonly #mail: Mail[] = [];
  readonly #timeline: Timeline;
  readonly #events: ThreadEvents;
  readonly #perform: Perform;

  constructor(threadId: number, timeline: Timeline, events: ThreadEvents, perform: Perform) {
    this.threadId = threadId;
    this.#timeline = timeline;
    this.#events = events;
    this.#perform = perform;
  }

  get alive(): boolean {
    return this.#life !== 'dead';
  }

  ready(): void {
    if (this.#life !== 'starting') return;
    this.#life = 'idle';
    this.#events.ready();
  }

  send(bundle: number, attempts: readonly Attempt[]): void {
    this.#mail.push({ bundle, attempts, size: attempts.length, claimed: 0, finished: 0 });
    if (this.#mail.length > REMEMBERED) this.#mail.shift();
    this.#work();
  }

  revoke(bundle: number, answer: (claimed: number) => void): void {
    const mail = this.#mail.find((one) => one.bundle === bundle);
    if (mail !== undefined) mail.size = Math.min(mail.size, mail.claimed);
    answer(mail?.claimed ?? MAX_BUNDLE);
  }

  standing(bundle: number): { claimed: number; finished: number } {
    return this.#mail.find((one) => one.bundle === bundle) ?? { claimed: MAX_BUNDLE, finished: MAX_BUNDLE };
  }

  poll(): void {}
  abort(): void {}
  assign(): void {}
  tearDown(): void {}

  terminate(): void {
    this.die(1);
  }

  /** It does nothing any more; the manager hears of it this many milliseconds later. */
  die(noticedAfter: number): void {
    if (this.#life === 'dead') return;
    this.#life = 'dead';
    const exit = { cause: 'exit', exitCode: undefined, signal: 'SIGKILL', error: undefined, blame: { of: 'running' } } as const;
    this.#timeline.arrive(() => this.#events.exited(exit), Math.max(LATENCY, noticedAfter));
  }

  #work(): void {
    if (this.#life !== 'idle') return;
    const mail = this.#mail.find((one) => one.claimed < one.size);
    if (mail === undefined) return;
    this.#life = 'busy';
    this.seen = mail.bundle;
    this.itemStartedAt = this.#timeline.now();
    const index = mail.claimed++;
    const deed = this.#perform(mail.attempts[index]!);
    this.#timeline.inside(() => this.#end(mail, index, deed), deed.ms);
  }

  #end(mail: Mail, index: number, { value, throws }: Deed): void {
    if (this.#life === 'dead') return;
    this.#life = 'idle';
    mail.finished++;
    const times = [this.itemStartedAt, this.#timeline.now()];
    const notes = throws === true ? [THROWN] : undefined;
    this.#timeline.arrive(() => this.#events.done(mail.bundle, index, [value], times, notes), LATENCY);
    this.#work();
  }
}
