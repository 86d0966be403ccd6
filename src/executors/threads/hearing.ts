import type { Clock } from '../../core/clock.ts';
import { reviveError } from '../../core/wire/revive.ts';
import { type AccountedMessage, FROM_THREAD, type FromThread } from '../../core/wire/wire.ts';
import { isFromThread } from '../../core/wire/wire-check.ts';
import type { Blame, Exit, ThreadEvents } from '../executor.ts';
import { timesOn } from '../times.ts';

/** Makes events of what a worker thread says. Code of the user runs there, so it may say anything, at any time. */
export class Hearing {
  readonly #events: ThreadEvents;
  readonly #terminate: () => void;
  readonly #clock: Clock | undefined;
  state: 'starting' | 'ready' | 'exited' = 'starting';
  /** What the thread said of its own death, or of its failed start. */
  #lastWords: { error: unknown; blame: Blame } | undefined;
  #error: unknown;
  /** Numbers of the accounts that it was asked for and has not given, oldest first. They are drawn, so that no task can give one in its place. */
  readonly #accounts: number[] = [];

  /** @param clock the manager's; absent in a cell, which passes on times as they are */
  constructor(events: ThreadEvents, terminate: () => void, clock?: Clock) {
    this.#clock = clock;
    this.#events = events;
    this.#terminate = terminate;
  }

  /** The session could not be opened. The thread's exit describes later failures better. */
  unopened(error: unknown): void {
    if (this.state !== 'starting') return;
    this.#error ??= error;
    this.#terminate();
  }

  /** An error ends the thread. */
  died(error: unknown): void {
    this.#error ??= error;
  }

  /** Something that it has sent cannot be read. @returns the number of the account that it is to be asked for */
  unreadable(): number {
    const number = Math.floor(Math.random() * 2 ** 31);
    this.#accounts.push(number);
    this.#events.unreadable();
    return number;
  }

  /** A thread whose message cannot be dealt with is ended: half of what the message says may have been done. */
  receive(message: unknown): void {
    if (this.state === 'exited') return;
    try {
      if (isFromThread(message)) this.#heed(message);
      else this.#events.garbage();
    } catch (error) {
      this.#error ??= error;
      this.#terminate();
    }
  }

  /** No message is taken after this. */
  end(exitCode: number | undefined): Exit {
    const starting = this.state === 'starting';
    this.state = 'exited';
    const error = this.#lastWords?.error === undefined ? this.#error : this.#lastWords.error;
    const oom = (this.#error as { code?: string } | null | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY';
    const cause: Exit['cause'] = oom ? 'oom' : starting ? 'startup' : error !== undefined ? 'crash' : 'exit';
    return { cause, exitCode, error, blame: this.#lastWords?.blame ?? { of: 'running' } };
  }

  #accounted([, number, bundle, upTo]: AccountedMessage): void {
    if (number !== this.#accounts[0]) {
      this.#events.garbage();
      return;
    }
    this.#accounts.shift();
    this.#events.accounted(bundle, upTo);
  }

  #heed(message: FromThread): void {
    switch (message[0]) {
      case FROM_THREAD.done:
        this.#events.done(message[1], message[2], message[3] as readonly unknown[], timesOn(this.#clock, message[4]), message[5]);
        break;
      case FROM_THREAD.ready:
        this.state = 'ready';
        this.#events.ready();
        break;
      case FROM_THREAD.startupFailed:
        this.#lastWords = { error: reviveError(message[1]), blame: { of: 'running' } };
        this.#terminate();
        break;
      case FROM_THREAD.progress:
        this.#events.progress(message[1], message[2], message[3]);
        break;
      case FROM_THREAD.account:
        this.#accounted(message);
        break;
      case FROM_THREAD.lateError:
        this.#events.lateError(message[1], message[2], reviveError(message[3]));
        break;
      case FROM_THREAD.tearsDown:
        this.#events.tearsDown();
        break;
      case FROM_THREAD.tornDown:
        this.#events.tornDown(message[1] === undefined ? undefined : reviveError(message[1]));
        break;
      case FROM_THREAD.crashing:
        this.#lastWords = { error: reviveError(message[3]), blame: { of: 'item', bundle: message[1], index: message[2] } };
        break;
      case FROM_THREAD.unread:
        this.#lastWords = { error: undefined, blame: { of: 'mail' } };
        break;
      case FROM_THREAD.exiting: {
        if (this.#lastWords?.blame.of === 'mail') break; // That is why it exits.
        const [, , bundle, index, taskId] = message;
        this.#lastWords = { error: undefined, blame: bundle >= 0 ? { of: 'item', bundle, index } : { of: 'settled', taskId } };
        break;
      }
    }
  }
}
