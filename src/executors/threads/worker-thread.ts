import { MessageChannel, type MessagePort, receiveMessageOnPort, type Transferable } from 'node:worker_threads';
import { reviveError } from '../../core/revive.ts';
import type { Attempt } from '../../core/task.ts';
import { ControlBlock, FROM_THREAD, TO_THREAD } from '../../core/wire.ts';
import { isFromThread } from '../../core/wire-check.ts';
import type { SessionInit } from '../../thread/session.ts';
import type { Blame, ExecutorThread, Exit, ThreadEvents } from '../executor.ts';
import { type Packed, pack } from '../pack.ts';
import { Host, type WorkerSettings } from './host.ts';

export interface ThreadOrder {
  readonly settings: WorkerSettings;
  readonly session: Omit<SessionInit, 'port' | 'control'>;
}

/** A worker thread behind a message port and a control block. */
export class WorkerThread implements ExecutorThread {
  readonly threadId: number;
  readonly #host: Host;
  readonly #port: MessagePort;
  readonly #control = new ControlBlock();
  readonly #events: ThreadEvents;
  readonly #order: ThreadOrder;
  #state: 'starting' | 'ready' | 'exited' = 'starting';
  /** What the thread said of its own death, or of its failed start. */
  #lastWords: { error: unknown; blame: Blame } | undefined;
  #error: unknown;

  constructor(order: ThreadOrder, events: ThreadEvents) {
    const { port1, port2 } = new MessageChannel();
    this.#order = order;
    this.#events = events;
    this.#port = port1;
    port1.on('message', (message: unknown) => this.#receive(message));
    port1.on('messageerror', () => this.#unreadable());
    port1.unref();
    const init: SessionInit = { ...order.session, port: port2, control: this.#control.buffer };
    try {
      this.#host = new Host(order.settings, init, [port2], {
        error: (error) => {
          this.#error ??= error;
        },
        exit: (code) => this.#exited(code),
      });
    } catch (error) {
      port1.close();
      throw error;
    }
    this.threadId = this.#host.worker.threadId;
  }

  get seen(): number {
    return this.#control.seen;
  }

  get itemStartedAt(): number {
    return this.#control.startedAt;
  }

  get sending(): boolean {
    return this.#control.sending;
  }

  get memory(): number | undefined {
    return this.#control.heapUsed || undefined;
  }

  send(bundle: number, attempts: readonly Attempt[]): void {
    const list = attempts.length === 1 ? attempts[0]!.task.extras?.transferList : undefined;
    this.post(bundle, pack(attempts, this.#order.session), list as readonly Transferable[] | undefined);
  }

  /** Sends a bundle that is packed already; a cell passes on what its parent packed. */
  post(bundle: number, { ids, inputs, metas }: Packed, transferList: readonly Transferable[] = []): void {
    this.#control.open(bundle);
    this.#port.postMessage([TO_THREAD.run, bundle, ids, inputs, metas], transferList);
    this.#control.wake();
  }

  revoke(bundle: number, answer: (claimed: number) => void): void {
    answer(this.#control.revoke(bundle));
  }

  standing(bundle: number): { claimed: number; finished: number } {
    return { claimed: this.#control.claimed(bundle), finished: this.#control.finished(bundle) };
  }

  poll(): void {
    for (;;) {
      let entry: { message: unknown } | undefined;
      try {
        entry = receiveMessageOnPort(this.#port);
      } catch {
        this.#unreadable();
        continue;
      }
      if (entry === undefined) return;
      this.#receive(entry.message);
    }
  }

  /** Something in a message is nested too deeply, or there is no memory for it. The thread knows what it has sent, so it is asked. */
  #unreadable(): void {
    if (this.#state === 'exited') return;
    this.#events.unreadable();
    this.#port.postMessage([TO_THREAD.account]);
    this.#control.wake();
  }

  abort(bundle: number, index: number): void {
    this.#control.abort(bundle, index);
    this.#port.postMessage([TO_THREAD.abort, bundle, index]);
    this.#control.wake();
  }

  assign(slot: number, generation: number): void {
    if (this.#order.session.faults !== undefined) this.#port.postMessage([TO_THREAD.assign, slot, generation]);
  }

  terminate(): void {
    this.#host.terminate();
  }

  #receive(message: unknown): void {
    if (this.#state === 'exited') return;
    if (!isFromThread(message)) {
      this.#events.garbage();
      return;
    }
    switch (message[0]) {
      case FROM_THREAD.done:
        this.#events.done(message[1], message[2], message[3] as readonly unknown[], message[4], message[5]);
        break;
      case FROM_THREAD.ready:
        this.#state = 'ready';
        this.#events.ready();
        break;
      case FROM_THREAD.startupFailed:
        this.#lastWords = { error: reviveError(message[1]), blame: { of: 'running' } };
        this.#host.terminate();
        break;
      case FROM_THREAD.progress:
        this.#events.progress(message[1], message[2], message[3]);
        break;
      case FROM_THREAD.account:
        this.#events.accounted(message[1], message[2]);
        break;
      case FROM_THREAD.lateError:
        this.#events.lateError(message[1], message[2], reviveError(message[3]));
        break;
      case FROM_THREAD.crashing:
        this.#lastWords = { error: reviveError(message[3]), blame: { of: 'item', bundle: message[1], index: message[2] } };
        break;
      case FROM_THREAD.exiting: {
        const [, , bundle, index, taskId] = message;
        this.#lastWords = { error: undefined, blame: bundle >= 0 ? { of: 'item', bundle, index } : { of: 'settled', taskId } };
        break;
      }
    }
  }

  #exited(code: number): void {
    this.poll(); // What it sent before it died still counts.
    const starting = this.#state === 'starting';
    this.#state = 'exited';
    this.#port.close();
    const error = this.#lastWords?.error === undefined ? this.#error : this.#lastWords.error;
    const oom = (this.#error as { code?: string } | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY';
    const crashed = error !== undefined;
    const cause: Exit['cause'] = oom ? 'oom' : starting ? 'startup' : crashed ? 'crash' : 'exit';
    this.#events.exited({ cause, exitCode: code, error, blame: this.#lastWords?.blame ?? { of: 'running' } });
  }
}
