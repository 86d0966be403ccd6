import type { Clock } from '../../../core/clock.ts';
import { toBytes } from '../../../core/wire/bytes.ts';
import { type Encoded, encodeError, encodeForSure } from '../../../core/wire/codec.ts';
import type { Exit, ThreadEvents } from '../../executor.ts';
import { withoutUncloneable } from '../../processes/without-uncloneable.ts';
import { DOING, type FromNode, type Marks, type ToNode } from '../protocol.ts';
import type { LocalExecutor, LocalThread } from './local.ts';

export interface HostedHost {
  readonly clock: Clock;
  readonly executor: LocalExecutor;
  readonly maxPayload: number;
  tell(thread: HostedThread, message: FromNode, body?: Uint8Array): void;
  exited(thread: HostedThread): void;
}

/** What is larger than this takes its time to be unpacked, on a crowded machine this many bytes a millisecond. */
const LARGE = 1_048_576;
const UNPACKED = 4_194;

/** A bundle that has not been reported in full. */
interface Held {
  readonly number: number;
  /** Items that belong to it; fewer than came once what was not claimed was taken back. */
  size: number;
  reported: number;
}

/** A thread of this node that works for a pool elsewhere. */
export class HostedThread {
  readonly number: number;
  readonly #host: HostedHost;
  readonly #thread: LocalThread;
  #held: Held[] = [];
  /** How far it was according to the last message, without the age. */
  #told = '';
  #state: 'alive' | 'exited' = 'alive';
  /** The large bundle that it was given last, and until when it may be busy with unpacking it. */
  #unpacks: { readonly bundle: number; readonly until: number } | undefined;
  /** What the pool wants to know, or to have back. */
  readonly #asked: (() => void)[] = [];

  constructor(number: number, host: HostedHost) {
    this.number = number;
    this.#host = host;
    this.#thread = host.executor.start(this.#events(number));
    this.#tell({ tell: 'started', thread: number, threadId: this.#thread.threadId });
  }

  /** It has something to do, so that its marks may change. */
  get busy(): boolean {
    return this.#held.length > 0;
  }

  heed(message: Extract<ToNode, { thread: number }>, body: Uint8Array | undefined): void {
    const thread = this.#thread;
    switch (message.do) {
      case 'run':
        this.#held.push({ number: message.bundle, size: message.ids.length, reported: 0 });
        this.#gets(message.bundle, body?.byteLength ?? 0);
        thread.post(message.bundle, {
          ids: message.ids,
          inputs: (body ?? new Uint8Array()) as never,
          metas: message.metas?.map((meta) => meta && { ...meta, until: meta.until + this.#host.executor.now() }),
        });
        break;
      case 'revoke':
        this.#asked.push(() =>
          thread.revoke(message.bundle, (claimed) => {
            this.#cut(message.bundle, claimed);
            this.#tell({ tell: 'revoked', thread: this.number, bundle: message.bundle, claimed });
          }),
        );
        this.look();
        break;
      case 'abort':
        thread.abort(message.bundle, message.index);
        break;
      case 'assign':
        thread.assign(message.slot, message.generation);
        break;
      case 'tearDown':
        thread.tearDown();
        break;
      case 'terminate':
        thread.terminate();
        break;
      case 'ask':
        this.#asked.push(() => {
          thread.poll();
          this.#tell({ tell: 'answer', thread: this.number });
        });
        this.look();
        break;
    }
  }

  /**
   * Answers the pool, which judges a thread from when it sent something. Over a slow line that may be long before the thread had it: one that unpacks
   * would be held to be stuck, and what it is about to begin be taken from it, to go the same way again.
   */
  look(): void {
    if (this.#asked.length === 0) return;
    if (this.#unpacks !== undefined) {
      this.#thread.poll();
      if (this.#thread.seen < this.#unpacks.bundle && this.#host.clock.now() < this.#unpacks.until) return;
      this.#unpacks = undefined;
    }
    for (const answer of this.#asked.splice(0)) answer();
  }

  #gets(bundle: number, bytes: number): void {
    if (bytes > LARGE) this.#unpacks = { bundle, until: this.#host.clock.now() + bytes / UNPACKED };
  }

  terminate(): void {
    if (this.#state === 'alive') this.#thread.terminate();
  }

  /** How far it is. */
  marks(): Marks {
    const known = this.#known();
    this.#told = known.join();
    const itemStartedAt = known[2]!;
    known[2] = itemStartedAt === 0 ? -1 : Math.max(0, this.#host.clock.now() - itemStartedAt);
    return known;
  }

  /** It has come further than the last message said. */
  get hasMoved(): boolean {
    return this.#held.length > 0 && this.#known().join() !== this.#told;
  }

  #known(): number[] {
    const thread = this.#thread;
    const known = [
      this.number,
      thread.seen,
      thread.itemStartedAt,
      (thread.sending ? DOING.sends : 0) | (thread.loading === true ? DOING.loads : 0),
      thread.stolen?.() ?? 0,
      thread.memory ?? 0,
    ];
    for (const { number } of this.#held) {
      const { claimed, finished } = thread.standing(number);
      known.push(number, claimed, finished);
    }
    return known;
  }

  #events(thread: number): ThreadEvents {
    const tell = (message: FromNode): void => this.#tell(message);
    return {
      ready: () => tell({ tell: 'ready', thread }),
      done: (bundle, from, values, times, notes) => this.#done(bundle, from, values, times, notes),
      progress: (bundle, index, value) => tell({ tell: 'progress', thread, bundle, index, value }),
      lateError: (taskId, attempt, error) => tell({ tell: 'lateError', thread, taskId, attempt, error: encodeForSure(error) }),
      unreadable: () => tell({ tell: 'unreadable', thread }),
      accounted: (bundle, upTo) => tell({ tell: 'accounted', thread, bundle, upTo }),
      garbage: () => tell({ tell: 'garbage', thread }),
      tearsDown: () => tell({ tell: 'tearsDown', thread }),
      tornDown: (error) => tell({ tell: 'tornDown', thread, error: error === undefined ? undefined : encodeForSure(error) }),
      message: (value) => tell({ tell: 'message', thread, value }),
      exited: (exit) => this.#exited(exit),
    };
  }

  #done(bundle: number, from: number, values: unknown, times: readonly number[], notes: Parameters<ThreadEvents['done']>[4]): void {
    const thread = this.number;
    const upTo = from + times.length - 1;
    if (upTo > this.#thread.standing(bundle).finished) {
      this.#tell({ tell: 'garbage', thread }); // What has not ended has no result: a task has forged it.
      return;
    }
    const now = this.#host.clock.now();
    const ages = times.map((time) => time - now); // Ages travel, and no times.
    this.#reported(bundle, upTo);
    let body: Uint8Array | undefined;
    try {
      body = values instanceof Uint8Array ? values : toBytes(values);
    } catch {
      // A thread may send to its own process what cannot leave it.
    }
    if (body === undefined || body.byteLength > this.#host.maxPayload) {
      this.#tell({ tell: 'unreadable', thread });
      this.#tell({ tell: 'accounted', thread, bundle, upTo });
      return;
    }
    this.#tell({ tell: 'done', thread, bundle, from, times: ages, notes }, body);
  }

  #exited(exit: Exit): void {
    this.#state = 'exited';
    const error: Encoded | undefined = exit.error === undefined ? undefined : encodeError(exit.error);
    this.#tell({ tell: 'exited', thread: this.number, exit: { ...exit, error } });
    this.#host.exited(this);
  }

  /** What cannot leave the process is left out, and said to be. */
  #tell(message: FromNode, body?: Uint8Array): void {
    try {
      if (mayHold(message)) toBytes(message);
      this.#host.tell(this, message, body);
    } catch (error) {
      this.#host.tell(this, 'thread' in message && message.tell !== 'answer' ? withoutUncloneable(message, error) : message, body);
    }
  }

  #reported(bundle: number, upTo: number): void {
    const held = this.#held.find(({ number }) => number === bundle);
    if (held !== undefined) held.reported = upTo;
    this.#dropComplete();
  }

  /** What was not claimed was taken back. */
  #cut(bundle: number, claimed: number): void {
    const held = this.#held.find(({ number }) => number === bundle);
    if (held !== undefined) held.size = Math.min(held.size, claimed);
    this.#dropComplete();
  }

  #dropComplete(): void {
    if (this.#held.some(isComplete)) this.#held = this.#held.filter((held) => !isComplete(held));
  }
}

/** Whether anything of a task's is in it, beside numbers. */
function mayHold(message: FromNode): boolean {
  if (message.tell === 'done') return message.notes !== undefined;
  return message.tell === 'progress' || message.tell === 'message' || message.tell === 'exited';
}

const isComplete = ({ size, reported }: Held): boolean => reported >= size;
