import type { ExitReason } from '../../supervision/exit.ts';
import type { RunningChild } from '../../supervision/spec.ts';
import type { TreeNode } from '../../supervision/tree.ts';
import type { CallOptions } from '../define/call-options.ts';
import type { Calls, Casts, InfoOf, MessageArguments, ReplyOf } from '../define/server-definition.ts';
import type { ServerEventName, ServerEvents } from '../events.ts';
import type { PartitionKey, PartitionOptions } from '../partition-options.ts';
import type { Server, StopOptions } from '../server.ts';
import type { ServerStatus } from '../status.ts';
import { placeOf } from './place-of.ts';

type NameIn<Table> = keyof Table & string;
type Listener<Name extends ServerEventName> = (event: ServerEvents[Name] & { readonly partition: number }) => unknown;
/** As the partitions are called here: with names and messages that have been checked by the types of this class. */
type Untyped = { call(...args: unknown[]): Promise<never>; cast(...args: unknown[]): void; send(message: unknown): void };

/**
 * Many servers behind one handle, each with the state of its own keys. Messages with the same key are handled in the order in which they were sent;
 * for different keys there is no order. A partition that gives up takes none of the others along.
 */
export class PartitionedServer<Module = unknown> implements RunningChild {
  /** Its name in this program; partition `n` has the name `name/n`. */
  readonly name: string;
  /** Settles once, when all have ended: with the first abnormal reason, or else the first. Never rejects. */
  readonly exited: Promise<ExitReason>;
  /** The servers themselves, by their place. */
  readonly partitions: readonly Server<Module>[];
  readonly #key: PartitionOptions['key'];
  readonly #listeners = new Map<unknown, Map<ServerEventName, readonly ((event: never) => unknown)[]>>();

  /** @internal made by `startServer` */
  constructor(name: string, partitions: readonly Server<Module>[], key: PartitionOptions['key']) {
    this.name = name;
    this.partitions = partitions;
    this.#key = key;
    this.exited = Promise.all(partitions.map(({ exited }) => exited)).then(
      (reasons) => reasons.find(({ kind }) => kind === 'error' || kind === 'killed') ?? reasons[0]!,
    );
  }

  /** The server that has the state of this key. */
  partitionOf(key: PartitionKey): Server<Module> {
    return this.partitions[placeOf(key, this.partitions.length)]!;
  }

  /** As `server.call`, of the partition of the message's key. @throws as `server.call` does; what the option `key` throws */
  call<Name extends NameIn<Calls<Module>>>(
    name: Name,
    ...args: MessageArguments<Calls<Module>[Name], [options?: CallOptions]>
  ): Promise<ReplyOf<Calls<Module>[Name]>> {
    try {
      return this.#of(args[0], name).call(name, ...args);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Calls all of them, and waits for all replies, in the order of their places. Rejects with the first error. */
  callAll<Name extends NameIn<Calls<Module>>>(
    name: Name,
    ...args: MessageArguments<Calls<Module>[Name], [options?: CallOptions]>
  ): Promise<ReplyOf<Calls<Module>[Name]>[]> {
    return Promise.all(this.partitions.map((each) => (each as never as Untyped).call(name, ...args)));
  }

  /** As `server.cast`, to the partition of the message's key. @throws as `server.cast` does; what the option `key` throws */
  cast<Name extends NameIn<Casts<Module>>>(name: Name, ...args: MessageArguments<Casts<Module>[Name], []>): void {
    this.#of(args[0], name).cast(name, ...args);
  }

  /** As `server.cast`, to all of them. */
  castAll<Name extends NameIn<Casts<Module>>>(name: Name, ...args: MessageArguments<Casts<Module>[Name], []>): void {
    for (const each of this.partitions) (each as never as Untyped).cast(name, ...args);
  }

  /** As `server.send`, to the partition of the message's key. */
  send(message: InfoOf<Module>): void {
    this.#of(message, undefined).send(message);
  }

  /** Stops all, side by side. @returns a promise of the reason for which they have ended */
  async stop(options?: StopOptions): Promise<ExitReason> {
    await Promise.all(this.partitions.map((each) => each.stop(options)));
    return this.exited;
  }

  /** Ends all at once. */
  kill(): Promise<ExitReason> {
    for (const each of this.partitions) void each.kill();
    return this.exited;
  }

  /** For `await using`: the same as `stop()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** How each of them stands, by its place. */
  status(): readonly ServerStatus[] {
    return this.partitions.map((each) => each.status());
  }

  /** Its node in a live tree, with the partitions as its children. */
  tree(): TreeNode {
    const children = this.partitions.map((each) => each.tree());
    const restarts = children.reduce((sum, child) => sum + child.restarts, 0);
    const state = children.find((child) => child.state !== 'running')?.state ?? 'running';
    return { id: this.name, kind: 'partitions', state, restarts, children };
  }

  /** Listens to an event of all of them; it says of which in the field `partition`. */
  on<Name extends ServerEventName>(name: Name, listener: Listener<Name>): this {
    this.off(name, listener);
    const forwarded = this.partitions.map((_, partition) => (event: ServerEvents[Name]) => listener({ ...event, partition }));
    for (const [place, each] of this.partitions.entries()) each.on(name, forwarded[place]!);
    const own = this.#listeners.get(listener) ?? new Map<ServerEventName, readonly ((event: never) => unknown)[]>();
    this.#listeners.set(listener, own.set(name, forwarded));
    return this;
  }

  /** Takes a listener back. */
  off<Name extends ServerEventName>(name: Name, listener: Listener<Name>): this {
    const forwarded = this.#listeners.get(listener)?.get(name) ?? [];
    for (const [place, each] of forwarded.entries()) this.partitions[place]!.off(name, each as never);
    this.#listeners.get(listener)?.delete(name);
    return this;
  }

  #of(message: unknown, name: string | undefined): Untyped {
    return this.partitionOf(this.#key(message, name)) as never as Untyped;
  }
}
