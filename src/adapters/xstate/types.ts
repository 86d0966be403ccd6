import type { AnyStateMachine, ContextFrom, EventFromLogic, InputFrom, OutputFrom, SnapshotFrom, StateValueFrom } from 'xstate';
import type { ServerDefinition, TimerRef } from '../../server/index.ts';

/** The state of the server that a machine of XState is. */
export interface XStateSituation<Machine extends AnyStateMachine = AnyStateMachine> {
  /** Where the machine is. */
  snapshot: SnapshotFrom<Machine>;
  /** Delayed events that are still to come, by their ids. */
  readonly timers: Map<string, TimerRef>;
  /** Delayed events so far that had no id of their own. */
  sent: number;
}

type Payload<Event> = Omit<Event, 'type'>;
type Handler<Event, Value> = keyof Payload<Event> extends never
  ? (situation: XStateSituation) => Value
  : (situation: XStateSituation, payload: Payload<Event>) => Value;
type EventTypes<Machine extends AnyStateMachine> = Exclude<EventFromLogic<Machine>['type'], `xstate.${string}` | `${string}*`>;

/** The events of a machine as messages of a server: each can be called, and replies the state value after it, and cast. */
export type XStateEvents<Machine extends AnyStateMachine> = {
  [Type in EventTypes<Machine>]: Handler<Extract<EventFromLogic<Machine>, { type: Type }>, StateValueFrom<Machine>>;
};

/** What can be asked of a machine. */
export type XStateReads<Machine extends AnyStateMachine> = {
  /** The state value: the name of the state, or an object where states are nested or parallel. */
  state: (situation: XStateSituation) => StateValueFrom<Machine>;
  /** All that a snapshot tells, as plain data. */
  snapshot: (situation: XStateSituation) => {
    value: StateValueFrom<Machine>;
    context: ContextFrom<Machine>;
    status: 'active' | 'done' | 'error' | 'stopped';
    output: OutputFrom<Machine> | undefined;
    tags: string[];
  };
  /** Whether this event would do something now. */
  can: (situation: XStateSituation, event: EventFromLogic<Machine>) => boolean;
};

/** What a machine needs beside itself, as a server. */
export interface XStateServerOptions {
  /** Version of the states and the context, as of a server. @default 1 */
  readonly version?: number | string;
  /**
   * Turns a persisted snapshot that an older machine left in a journal into one of this machine. Must answer at once.
   * @default none: a journal of another version is refused
   */
  migrate?(old: unknown, version: number | string): unknown;
}

/** What `fromXState` returns: a server. */
export type XStateServer<Machine extends AnyStateMachine> = ServerDefinition<
  XStateSituation<Machine>,
  undefined extends InputFrom<Machine> ? void : InputFrom<Machine>,
  XStateEvents<Machine>,
  XStateReads<Machine>,
  XStateEvents<Machine>,
  EventFromLogic<Machine>
>;
