import { whole, wrongType } from '../options/checks.ts';
import type { ExitReason } from '../supervision/exit.ts';
import type { RunningChild } from '../supervision/spec.ts';
import type { TreeNode } from '../supervision/tree.ts';
import type { CallOptions } from './define/call-options.ts';
import type { Calls, Casts, InfoOf, MessageArguments, ReplyOf } from './define/server-definition.ts';
import type { ServerEventName, ServerEvents } from './events.ts';
import { link, monitor, type Partner, type Unlink } from './links.ts';
import type { ServerProcess } from './process/process.ts';
import type { RecentMessage } from './process/recent.ts';
import { type ServerStatus, statusOf, treeOf } from './status.ts';
import { KIND } from './wire.ts';

/** How a server is stopped. */
export interface StopOptions {
  /** Milliseconds until its threads are ended, whatever they do; `Infinity` waits forever. @default 5,000 */
  timeout?: number | undefined;
  /** What `terminate` receives. @default { kind: 'shutdown' } */
  reason?: ExitReason | undefined;
}

type NameIn<Table> = keyof Table & string;
/** What can be linked and monitored: a server, or one of many partitions. */
type Other = Pick<Server, 'name' | 'exited'>;
const processes = new WeakMap<object, ServerProcess>();
const limit = whole(0, 'milliseconds', 'no limit');

/** @throws {InvalidOptionError} `ERR_INVALID_OPTION` */
function partner(other: Other): Partner {
  const { name, exited, partitions = [other] } = (other ?? {}) as Other & { readonly partitions?: readonly object[] };
  const all = partitions.map((one) => processes.get(one));
  if (other === undefined || other === null || all.includes(undefined)) wrongType('other', 'a server that startServer has started', other);
  return { name, exited, processes: all as ServerProcess[] };
}

/** A server that runs. Its state lives on threads, and outlives them. */
export class Server<Module = unknown> implements RunningChild {
  readonly #process: ServerProcess;

  /** @internal made by `startServer` */
  constructor(process: ServerProcess) {
    this.#process = process;
    processes.set(this, process);
  }

  /** Its name in this program. */
  get name(): string {
    return this.#process.parts.name;
  }

  /** The death notice: settles once, with the reason, when none of its threads is left. Never rejects. */
  get exited(): Promise<ExitReason> {
    return this.#process.exited;
  }

  /**
   * Sends a message of `call` or `read`, and waits for the reply. Settles once. Messages are handled in the order in which they were sent.
   * @throws {ServerError} `ERR_SERVER_TIMEOUT`, `ERR_SERVER_CRASHED`, `ERR_SERVER_MAILBOX_FULL`, `ERR_SERVER_STOPPED` and others, see docs/servers.md;
   * or what the handler has thrown, or failed with
   */
  call<Name extends NameIn<Calls<Module>>>(
    name: Name,
    ...args: MessageArguments<Calls<Module>[Name], [options?: CallOptions]>
  ): Promise<ReplyOf<Calls<Module>[Name]>> {
    try {
      return this.#process.entrance.call(name, args[0], args[1] as CallOptions | undefined) as Promise<never>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Sends a message of `cast`: there is no reply, and it is not known whether it was handled.
   * @throws {ServerError} at once, if it cannot be sent: `ERR_SERVER_MESSAGE`, `ERR_SERVER_NOT_CLONEABLE`, `ERR_SERVER_MAILBOX_FULL`, `ERR_SERVER_STOPPED`
   */
  cast<Name extends NameIn<Casts<Module>>>(name: Name, ...args: MessageArguments<Casts<Module>[Name], []>): void {
    this.#process.entrance.cast(name, args[0]);
  }

  /** Sends a message to `info`. @throws {ServerError} as `cast` does */
  send(message: InfoOf<Module>): void {
    this.#process.entrance.inform(message);
  }

  /**
   * Handles what was sent before, calls `terminate`, and ends. What is sent from now on is refused. May be called at any time, any number of times.
   * @returns a promise of the reason for which the server has ended: the first one. Rejects with `ERR_INVALID_OPTION`, and does nothing, for a `timeout` that is none
   */
  async stop({ timeout = 5_000, reason = { kind: 'shutdown' } }: StopOptions = {}): Promise<ExitReason> {
    this.#process.ending.stop(reason, limit(timeout, 'timeout'));
    return this.exited;
  }

  /** Ends it at once: nothing more is handled, `terminate` is not called. */
  kill(): Promise<ExitReason> {
    this.#process.ending.end({ kind: 'killed' });
    return this.exited;
  }

  /** For `await using`: the same as `stop()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /**
   * Has messages wait from now on: those that come are taken, up to `maxMailbox`, and not handled; time-outs of calls go on. `state()` and `status()`
   * answer all the same. `stop()` resumes it.
   * @returns a promise that resolves when what was under way has been handled, so that nothing happens to the state any more
   */
  suspend(): Promise<void> {
    if (!this.#process.ending.isOpen) return Promise.resolve();
    const still = this.#process.gate.shut();
    this.#process.flow();
    const { keepAlive } = this.#process.parts;
    keepAlive.hold();
    return still.finally(() => keepAlive.release());
  }

  /** Handles what has waited, in order, and goes on. */
  resume(): void {
    this.#process.gate.open();
    this.#process.flow();
  }

  /** A copy of the state, for debugging; of a server with `snapshot`, what that makes of it. It must be cloneable. */
  async state(options?: CallOptions): Promise<unknown> {
    return this.#process.entrance.look(KIND.look, options);
  }

  /** How it stands. Answers at any time. */
  status(): ServerStatus {
    return statusOf(this.#process);
  }

  /** The last messages that were answered, oldest first; as many as the option `keep` says. */
  recent(): readonly RecentMessage[] {
    return this.#process.recent.list();
  }

  /** Its node in a live tree. Answers at any time. */
  tree(): TreeNode {
    return treeOf(this.#process);
  }

  /** Has `info` of this server called with a `DownMessage` when the other one has ended, for whatever reason. */
  monitor(other: Other): Unlink {
    return monitor(this.#process, partner(other));
  }

  /** When one of the two ends abnormally, the other does, too; with `trapExits` its `info` is called with an `ExitMessage` instead. */
  link(other: Other): Unlink {
    return link(partner(this), partner(other));
  }

  /** Listens to an event. What a listener throws does no harm. */
  on<Name extends ServerEventName>(name: Name, listener: (event: ServerEvents[Name]) => unknown): this {
    this.#process.parts.emitter.on(name, listener);
    return this;
  }

  /** Takes a listener back. */
  off<Name extends ServerEventName>(name: Name, listener: (event: ServerEvents[Name]) => unknown): this {
    this.#process.parts.emitter.off(name, listener);
    return this;
  }
}
