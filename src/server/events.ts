import { guarded } from '../core/events.ts';
import { contextOfCaller } from '../core/foreign/context.ts';
import { wrongType } from '../options/checks.ts';
import type { ExitReason } from '../supervision/exit.ts';

/** What a server tells its listeners, by name. All times are in milliseconds; `pid` is there with `isolation: 'process'`. */
export interface ServerEvents {
  /** A thread has its state, and applies messages. */
  threadReady: {
    readonly threadId: number;
    readonly pid: number | undefined;
    readonly role: 'voter' | 'standby';
    readonly messages: number;
  };
  /** A thread has died, or was ended. `message`: what it was handling, if that is known. */
  threadExit: {
    readonly threadId: number;
    readonly pid: number | undefined;
    readonly role: 'voter' | 'standby';
    readonly reason: string;
    readonly message: string | undefined;
    readonly error: unknown;
  };
  /** A standby goes on in the place of a thread that has died. */
  takeOver: {
    readonly from: number;
    readonly to: number;
    readonly fromPid: number | undefined;
    readonly toPid: number | undefined;
    readonly ms: number;
  };
  /** A replica said something else than the majority, in a reply or in its state. It is rebuilt. */
  conviction: { readonly threadId: number; readonly pid: number | undefined; readonly replica: number };
  /** A message was rejected and is part of no replay: it has killed the server too often, or replicas could not agree. */
  dropped: { readonly seq: number; readonly name: string };
  /** The log begins anew with a copy of the state. `messages`: how many are left in it. */
  snapshot: { readonly seq: number; readonly bytes: number; readonly messages: number };
  /** The state could not be copied, or the copy could not be written, so the log goes on growing. */
  snapshotFailed: { readonly error: unknown };
  /** A reply came for a call that had already settled. */
  lateReply: { readonly seq: number };
  /** The server has ended for good. */
  exit: { readonly reason: ExitReason };
}

/** The names of all events of a server. */
export type ServerEventName = keyof ServerEvents;

type Listener<Name extends ServerEventName> = (event: ServerEvents[Name]) => unknown;

/** Listeners of one server; they cannot harm it, whether they throw or reject. */
export class ServerEmitter {
  readonly #listeners = new Map<ServerEventName, Map<unknown, (event: unknown) => unknown>>();

  on<Name extends ServerEventName>(name: Name, listener: Listener<Name>): void {
    if (typeof listener !== 'function') wrongType('listener', 'a function', listener);
    const listeners: Map<unknown, (event: unknown) => unknown> = this.#listeners.get(name) ?? new Map();
    this.#listeners.set(name, listeners);
    const context = contextOfCaller();
    listeners.set(listener, (event) => context(() => listener(event as ServerEvents[Name])));
  }

  off<Name extends ServerEventName>(name: Name, listener: Listener<Name>): void {
    this.#listeners.get(name)?.delete(listener);
  }

  hears(name: ServerEventName): boolean {
    return (this.#listeners.get(name)?.size ?? 0) > 0;
  }

  emit<Name extends ServerEventName>(name: Name, event: ServerEvents[Name]): void {
    for (const heard of [...(this.#listeners.get(name)?.values() ?? [])]) guarded(() => heard(event));
  }
}
