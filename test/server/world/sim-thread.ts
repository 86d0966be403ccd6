import type { Clock } from '../../../src/core/clock.ts';
import type { Random } from '../../../src/core/random.ts';
import { encodeForSure } from '../../../src/core/wire/codec.ts';
import { sharedBytes } from '../../../src/server/content.ts';
import { Control } from '../../../src/server/control.ts';
import { handling, type ServerContext } from '../../../src/server/define/context.ts';
import type { ServerThread, ServerThreadEvents, ThreadEnd } from '../../../src/server/host/server-thread.ts';
import { type OpenThread, openThread } from '../../../src/server/thread/open.ts';
import { FROM, type FromThread, PHASE, type ThreadInit, type ToThread } from '../../../src/server/wire.ts';
import * as chain from './chain.ts';

/**
 * How a thread ends: without a word, by an exception, by `process.exit`, out of memory, by an error of the worker; or not at all: it hangs, and has to be
 * ended.
 */
export const KINDS = ['silent', 'threw', 'exit', 'oom', 'error', 'hang'] as const;
export type DeathKind = (typeof KINDS)[number];
/** The real runtime of a thread, on queues that the world empties in an order that it draws. */
export class SimThread implements ServerThread {
  readonly threadId: number;
  readonly control = new Control();
  readonly toThread: ToThread[] = [];
  readonly toManager: FromThread[] = [];
  readonly replica: number;
  readonly #events: ServerThreadEvents;
  #open: OpenThread | undefined;
  #state: 'alive' | 'hung' | 'dead' | 'gone' = 'alive';
  #cause: ThreadEnd['cause'] = 'exit';
  /** Whose turn it is here: that variable is global in a thread, and the simulated ones share their globals. */
  #handling: ServerContext | undefined;
  /** It has handled no message before the others had. */
  isFresh = true;

  constructor(threadId: number, init: ThreadInit, events: ServerThreadEvents, clock: Clock) {
    this.threadId = threadId;
    this.replica = init.replica;
    this.#events = events;
    void openThread(structuredClone(init), {
      control: this.control,
      post: (message) => {
        if (this.#state === 'alive') this.toManager.push(structuredClone(message));
      },
      keep: sharedBytes,
      now: () => clock.machine(),
      die: () => {
        if (this.#state === 'alive') this.#state = 'dead'; // One that hangs comes no further.
      },
      load: async () => ({ ...chain }),
    }).then((open) => {
      this.#open = open;
    });
  }

  post(message: ToThread): void {
    if (this.#state === 'alive') this.toThread.push(structuredClone(message));
  }

  terminate(): void {
    if (this.isAlive) this.#state = 'dead';
  }

  strike(kind: DeathKind): void {
    if (this.#state !== 'alive') return;
    const { phase, seq } = this.control.current;
    if (kind === 'threw') this.toManager.push([FROM.crashing, phase === PHASE.idle ? -1 : seq, phase, encodeForSure(new Error('struck'))]);
    if (kind === 'exit') this.toManager.push([FROM.exiting, 1]);
    if (kind === 'oom' || kind === 'error') this.#cause = kind;
    this.#state = kind === 'hang' ? 'hung' : 'dead';
  }

  get isAlive(): boolean {
    return this.#state === 'alive' || this.#state === 'hung';
  }

  get isHung(): boolean {
    return this.#state === 'hung';
  }

  get isGone(): boolean {
    return this.#state === 'gone';
  }

  /** Takes one message, if it is up. */
  turn(): void {
    if (this.#state !== 'alive' || this.#open === undefined) return;
    const message = this.toThread.shift();
    if (message === undefined) return;
    handling.now = this.#handling;
    try {
      this.#open.receive(message);
    } finally {
      this.#handling = handling.now;
      handling.now = undefined;
    }
  }

  /** Hands one message to the manager; the death notice is the last. */
  deliver(): void {
    const message = this.toManager.shift();
    if (message !== undefined) this.#events.message(message);
    else if (this.#state === 'dead') {
      this.#state = 'gone';
      this.#events.exited({ cause: this.#cause, exitCode: 1, error: this.#cause === 'error' ? new Error('struck') : undefined });
    }
  }

  /** What had been sent and not delivered may be lost with the thread. */
  loseMail(random: Random): void {
    this.toManager.length = Math.floor(random() * (this.toManager.length + 1));
  }
}
