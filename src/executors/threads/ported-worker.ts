import { MessageChannel, type MessagePort, receiveMessageOnPort, type Transferable } from 'node:worker_threads';
import { Host, type Runtime, type WorkerSettings } from './host.ts';

/** How the worker ended. */
export interface PortedEnd {
  readonly cause: 'exit' | 'oom' | 'error';
  readonly exitCode: number | undefined;
  /** What the worker said itself. */
  readonly error: unknown;
}

/** Nothing is called after `exited`, and nothing from inside the constructor. */
export interface PortedEvents {
  message(message: unknown): void;
  /** The death notice itself. What the thread had sent has been delivered. */
  exited(end: PortedEnd): void;
}

/** A worker thread behind a port, with a runtime of its own: what is said through the port is no business of the executors. */
export class PortedWorker {
  readonly #port: MessagePort;
  readonly #host: Host;
  readonly #events: PortedEvents;
  #error: unknown;
  #state: 'alive' | 'exited' = 'alive';

  /**
   * @param session what the runtime is given, with its end of the port in it
   * @throws Node's own refusal of settings. A thread that the system refuses dies a little later
   */
  constructor(settings: WorkerSettings, runtime: Runtime, session: (port: MessagePort) => unknown, events: PortedEvents) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#events = events;
    port1.on('message', (message) => this.#heard(message));
    port1.on('messageerror', (cause) => this.#lost(cause)); // Something of an order is lost with it.
    port1.unref();
    try {
      const hears = {
        unopened: (cause: unknown) => this.#lost(cause),
        error: (cause: unknown) => {
          this.#error ??= cause;
        },
        exit: (code: number | undefined) => this.#exited(code),
      };
      this.#host = new Host(settings, session(port2), [port2], hears, { runtime });
    } catch (cause) {
      port1.close();
      throw cause;
    }
  }

  /** `worker.threadId`; -1 if there is no thread. */
  get threadId(): number {
    return this.#host.threadId;
  }

  post(message: unknown, transferList?: readonly Transferable[]): void {
    if (transferList === undefined) this.#port.postMessage(message);
    else this.#port.postMessage(message, transferList);
  }

  terminate(): void {
    this.#host.terminate();
  }

  /** What it says makes no sense. */
  condemn(cause: unknown): void {
    this.#lost(cause);
  }

  #heard(message: unknown): void {
    if (this.#state === 'alive') this.#events.message(message);
  }

  #lost(cause: unknown): void {
    this.#error ??= cause;
    this.terminate();
  }

  #exited(exitCode: number | undefined): void {
    for (let entry = this.#receive(); entry !== undefined; entry = this.#receive()) this.#heard(entry.message); // It still counts.
    this.#state = 'exited';
    this.#port.close();
    const error = this.#error;
    const oom = (error as { code?: unknown } | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY';
    this.#events.exited({ cause: oom ? 'oom' : error === undefined ? 'exit' : 'error', exitCode, error });
  }

  #receive(): { message: unknown } | undefined {
    try {
      return receiveMessageOnPort(this.#port);
    } catch {
      return undefined; // It cannot be read, so whatever it was did not arrive.
    }
  }
}
