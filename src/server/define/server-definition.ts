import type { ExitReason } from '../../supervision/exit.ts';
import { asDefinition, type Fail, type IgnoreStart, type NoReply } from './marks.ts';

// biome-ignore lint/suspicious/noExplicitAny: a handler of any shape; what callers may pass is read off its own type
type AnyHandler = (state: any, message: any) => any;
/** Handlers of one kind, by the name of their message. */
// biome-ignore lint/suspicious/noExplicitAny: each handler says itself what it takes
export type Handlers<State> = Readonly<Record<string, (state: State, message: any) => unknown>>;

/** What a server does: its state, and a handler for each message. One message is handled at a time, in order. */
export interface ServerHandlers<State, Options, Calls, Reads, Casts, Info> {
  /** Makes the state, an object that handlers change in place. May be asynchronous. To throw means that the server does not start. */
  init(options: Options): State | IgnoreStart | Promise<State | IgnoreStart>;
  /** Messages with a reply. Handlers may change the state, so they are in the log. @default {} */
  call?: Calls;
  /** Questions: their handlers change nothing, so they are not in the log. One that throws rejects its call, and the server lives. @default {} */
  read?: Reads;
  /** Messages without a reply. @default {} */
  cast?: Casts;
  /** What comes by `server.send`, from timers, monitors and links. @default none: such messages are dropped */
  info?(state: State, message: Info): unknown;
  /** Work that `context().continue(message)` asked for, done before the next message. @default none */
  continue?(state: State, message: unknown): unknown;
  /** Called once, when the server ends for good, with the reason; not when its thread dies and the state lives on elsewhere. @default none */
  terminate?(state: State, reason: ExitReason): unknown;
  /** Version of the state's shape. A journal of another one is refused unless there is `migrate`. @default 1 */
  version?: number | string;
  /** Turns a state that an older module left in a journal into one of this version. Must answer at once. @default none: such a journal is refused */
  migrate?(old: unknown, version: number | string): State;
  /** Turns a state that structured clone cannot copy into plain data. Must answer at once. @default none: the state is cloned as it is */
  snapshot?(state: State): unknown;
  /** The reverse of `snapshot`. Must answer at once. @default none */
  restore?(data: never): State;
}

/** What `defineServer` returns, and a module exports by default. */
export type ServerDefinition<
  State = unknown,
  Options = never,
  Calls = Handlers<State>,
  Reads = Handlers<State>,
  Casts = Handlers<State>,
  Info = unknown,
> = ServerHandlers<State, Options, Calls, Reads, Casts, Info>;

/**
 * Defines a server. Export it by default from a module of its own, and start it with `startServer`.
 *
 * ```ts
 * export default defineServer({
 *   init: () => ({ count: 0 }),
 *   call: { add: (state, by: number) => (state.count += by) },
 *   read: { count: (state) => state.count },
 * });
 * ```
 */
export function defineServer<State extends object, Options = void, Calls = {}, Reads = {}, Casts = {}, Info = unknown>(
  // What a table is intersected with gives its handlers the type of the state; what they are is read off the table itself.
  handlers: ServerHandlers<State, Options, Calls & Handlers<State>, Reads & Handlers<State>, Casts & Handlers<State>, Info>,
): ServerDefinition<State, Options, Calls, Reads, Casts, Info> {
  return asDefinition(handlers) as never;
}

/** The definition in a module: `typeof import('./cart.js')`, or a definition itself. */
export type DefinitionOf<Module> = Module extends { default: infer Definition } ? Definition : Module;

// biome-ignore lint/suspicious/noExplicitAny: any server
type AnyDefinition = ServerDefinition<any, any, any, any, any, any>;
type Part<Module, Key extends keyof AnyDefinition> = NonNullable<DefinitionOf<Module>[Key & keyof DefinitionOf<Module>]>;

/** Messages of a module that have a reply: its `call` and `read`. */
export type Calls<Module> = Part<Module, 'call'> & Part<Module, 'read'>;
/** Messages of a module that have none: its `cast`. */
export type Casts<Module> = Part<Module, 'cast'>;
/** What its `info` takes. */
export type InfoOf<Module> = Part<Module, 'info'> extends (state: never, message: infer Info) => unknown ? Info : unknown;
/** What its `init` takes. */
export type OptionsOf<Module> = Part<Module, 'init'> extends (options: infer Options) => unknown ? Options : never;

/** The arguments that follow the name of a message: the message itself, unless its handler takes none, and what else a call has. */
export type MessageArguments<Handler, More extends readonly unknown[]> = Handler extends AnyHandler
  ? Parameters<Handler>['length'] extends 0 | 1
    ? [message?: undefined, ...More]
    : Parameters<Handler> extends [unknown, infer Message, ...unknown[]]
      ? [message: Message, ...More]
      : Parameters<Handler> extends [unknown?, (infer Message)?]
        ? [message?: Message, ...More]
        : never
  : never;

/** What a handler replies. */
export type ReplyOf<Handler> = Handler extends AnyHandler ? Plain<Awaited<ReturnType<Handler>>> : never;
type Plain<Returned> =
  | Exclude<Returned, Fail | NoReply<never>>
  | (Returned extends NoReply<infer Later> ? (unknown extends Later ? unknown : Later) : never);
