import type { Fail } from '../define/marks.ts';
import type { ServerDefinition } from '../define/server-definition.ts';

/** An event that the machine sends to itself; it comes before all others. */
export interface InternalEvent {
  /** Name of the event. */
  readonly event: string;
  /** What its handler is given. */
  readonly message?: unknown;
}

/** A timer of a machine. Setting one of the same name again replaces it; a change of the state leaves it alone. */
export interface NamedTimer extends InternalEvent {
  /** Milliseconds. */
  readonly ms: number;
}

/** What a handler of a machine wants: where to go, what to answer, and what else is to be done. */
export interface Transition<Name extends string, Reply = unknown> {
  /** The next state. Default: none, the machine stays; no `enter` is called and no state time-out begins anew. */
  readonly to?: Name;
  /** The answer to the caller. */
  readonly reply?: Reply;
  /** Handled before any other event, in order. */
  readonly internal?: InternalEvent | readonly InternalEvent[];
  /** Timers by their names; `undefined` takes one back. */
  readonly timers?: Readonly<Record<string, NamedTimer | undefined>>;
  /** Put the event aside until the state has changed. */
  readonly postpone?: boolean;
}

/** What a handler returns: the name of the next state, a transition, `fail(error)`, or nothing. */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler that only acts returns nothing
export type Next<Name extends string> = Name | Transition<Name> | Fail | undefined | void;

// biome-ignore lint/suspicious/noExplicitAny: each handler says itself what it takes
type EventHandler<Data, Name extends string> = Name | ((data: Data, message: any) => Next<Name>);

/** One state of a machine. */
export interface MachineState<Data, Name extends string> {
  /** Called when the machine comes from another state, and at the beginning. It may set timers and send internal events, and not change the state. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler that only acts returns nothing
  readonly enter?: (data: Data) => Omit<Transition<never, never>, 'to' | 'reply' | 'postpone'> | undefined | void;
  /** What each event does here: a handler, or only the next state. */
  readonly on?: Readonly<Record<string, EventHandler<Data, Name>>>;
  /** State time-outs: milliseconds in this state after which the machine goes there. Leaving the state takes them back. */
  readonly after?: Readonly<Record<number, Name | ((data: Data) => Next<Name>)>>;
  /** Events that are put aside until the state has changed. */
  readonly postpone?: readonly string[];
}

/** What `defineMachine` is given. */
export interface MachineHandlers<Data, Options, States, Initial = keyof States> {
  /** The first state. */
  readonly initial: Initial;
  /** Makes the data, an object that handlers change in place. */
  data(options: Options): Data;
  /** The states by their names. */
  readonly states: States;
  /** Version of the states and the data, as of a server. @default 1 */
  readonly version?: number | string;
}

/** The state of the server that a machine is. */
export interface MachineSituation<Data = unknown> {
  /** Name of the state it is in. */
  state: string;
  /** Its data. */
  data: Data;
  /** Events that were put aside. */
  postponed: Occurrence[];
  /** Open timers: of the state, and by name. */
  timers: { after: string[]; named: Record<string, string> };
}

/** One event as it came. */
export interface Occurrence {
  /** Name of the event. */
  readonly event: string;
  /** What came with it. */
  readonly message: unknown;
  /** Who waits for the answer. */
  readonly from?: { readonly server: string; readonly call: number } | undefined;
}

type OnOf<State> = State extends { readonly on: infer On } ? On : never;
/** The events that some state of a machine handles. */
export type EventNames<States> = { [Name in keyof States]: keyof OnOf<States[Name]> }[keyof States] & string;
type HandlersOf<States, Event> = {
  [Name in keyof States]: Event extends keyof OnOf<States[Name]> ? OnOf<States[Name]>[Event] : never;
}[keyof States];
type ReplyIn<Returned> = Returned extends { readonly reply: infer Reply } ? Reply : undefined;
// biome-ignore lint/suspicious/noExplicitAny: a handler of any shape
type AnyHandler = (data: any, message: any) => unknown;
type ReplyTo<Handler> = Handler extends AnyHandler ? ReplyIn<ReturnType<Handler>> : undefined;
type Messages<Handler> = Handler extends AnyHandler
  ? Parameters<Handler>['length'] extends 0 | 1
    ? never
    : Parameters<Handler>[1]
  : never;
type AsHandler<Message, Reply> = [Message] extends [never]
  ? (state: MachineSituation) => Reply
  : (state: MachineSituation, message: Message) => Reply;

/** The events of a machine as messages of a server: each can be called and cast. */
export type MachineEvents<States> = {
  [Event in EventNames<States>]: AsHandler<Messages<HandlersOf<States, Event>>, ReplyTo<HandlersOf<States, Event>>>;
};

/** What `defineMachine` returns: a server. */
export type MachineDefinition<Data, Options, States> = ServerDefinition<
  MachineSituation<Data>,
  Options,
  MachineEvents<States>,
  { state: (situation: MachineSituation) => keyof States & string },
  MachineEvents<States>,
  unknown
> & { readonly machine: MachineHandlers<Data, Options, States> };
