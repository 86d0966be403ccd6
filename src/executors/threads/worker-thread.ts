import { MessageChannel, type MessagePort, receiveMessageOnPort, type Transferable } from 'node:worker_threads';
import type { Clock } from '../../core/clock.ts';
import type { Attempt } from '../../core/task.ts';
import { ControlBlock } from '../../core/wire/control-block.ts';
import { TO_THREAD } from '../../core/wire/wire.ts';
import type { SessionInit } from '../../thread/session.ts';
import type { ExecutorThread, ThreadEvents } from '../executor.ts';
import { type Packed, pack } from '../pack.ts';
import { Hearing } from './hearing.ts';
import { type Beginning, Host, type WorkerSettings } from './host.ts';

export interface ThreadOrder {
  readonly settings: WorkerSettings;
  readonly session: Omit<SessionInit, 'port' | 'control'>;
  /** The manager's; absent in a cell, which passes on times as they are. */
  readonly clock?: Clock | undefined;
  readonly later?: Beginning['later'];
}

/** A worker thread behind a message port and a control block. */
export class WorkerThread implements ExecutorThread {
  readonly #host: Host;
  readonly #port: MessagePort;
  readonly #control = new ControlBlock();
  readonly #events: ThreadEvents;
  readonly #order: ThreadOrder;
  readonly #hearing: Hearing;

  constructor(order: ThreadOrder, events: ThreadEvents) {
    const { port1, port2 } = new MessageChannel();
    this.#order = order;
    this.#events = events;
    this.#port = port1;
    this.#hearing = new Hearing(events, () => this.terminate(), order.clock);
    port1.on('message', (message: unknown) => this.#hearing.receive(message));
    port1.on('messageerror', () => this.#unreadable());
    port1.unref();
    const init: SessionInit = { ...order.session, port: port2, control: this.#control.buffer };
    try {
      const hears = {
        unopened: (error: unknown) => this.#hearing.unopened(error),
        error: (error: unknown) => this.#hearing.died(error),
        exit: (code: number | undefined) => this.#exited(code),
        message: (value: unknown) => this.#posted(value),
      };
      this.#host = new Host(order.settings, init, [port2], hears, { later: order.later });
    } catch (error) {
      port1.close();
      throw error;
    }
  }

  get threadId(): number {
    return this.#host.threadId;
  }

  get seen(): number {
    return this.#control.seen;
  }

  get itemStartedAt(): number {
    return this.#order.clock?.fromMachine(this.#control.startedAt) ?? this.#control.startedAt;
  }

  get sending(): boolean {
    return this.#control.sending;
  }

  get loading(): boolean {
    return this.#control.loading;
  }

  stolen(): number {
    const { clock } = this.#order;
    return clock === undefined ? 0 : this.#control.stolenAt(clock.machine());
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
      this.#hearing.receive(entry.message);
    }
  }

  /** Something in a message is nested too deeply, or there is no memory for it. The thread knows what it has sent, so it is asked. */
  #unreadable(): void {
    if (this.#hearing.state === 'exited') return;
    this.#port.postMessage([TO_THREAD.account, this.#hearing.unreadable()]);
    this.#control.wake();
  }

  /** A cell has written this report into its pipe. */
  passedOn(bundle: number, items: number): void {
    this.#control.passedOn(bundle, items);
  }

  abort(bundle: number, index: number): void {
    this.#control.abort(bundle, index);
    this.#port.postMessage([TO_THREAD.abort, bundle, index]);
    this.#control.wake();
  }

  assign(slot: number, generation: number): void {
    if (this.#order.session.faults !== undefined) this.#port.postMessage([TO_THREAD.assign, slot, generation]);
  }

  tearDown(): void {
    this.#port.postMessage([TO_THREAD.tearDown]);
    this.#control.wake();
  }

  terminate(): void {
    this.#host.terminate();
  }

  #posted(value: unknown): void {
    if (this.#hearing.state !== 'exited') this.#events.message(value);
  }

  #exited(code: number | undefined): void {
    this.poll(); // What it sent before it died still counts.
    this.#port.close();
    this.#events.exited(this.#hearing.end(code));
  }
}
