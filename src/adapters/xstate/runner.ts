import { type AnyActorScope, type AnyEventObject, type AnyMachineSnapshot, type AnyStateMachine, createActor } from 'xstate';
import { context } from '../../server/index.ts';
import { actorRefused, sendRefused } from './refusals.ts';
import { cancelLater, sendLater } from './timers.ts';
import type { XStateSituation } from './types.ts';

type Action = Parameters<AnyActorScope['actionExecutor']>[0];
interface Sent {
  readonly to?: unknown;
  readonly event: AnyEventObject;
  readonly id?: string;
  readonly delay?: number;
}

/**
 * Gives a machine its events, one at a time. What it decides is a function of the event and its snapshot; what it wants done is done here: delayed events
 * become timers of the server, and actions of the user run when the message is handled, and not again in a replay.
 */
export class Runner {
  readonly #machine: AnyStateMachine;
  #scope: AnyActorScope | undefined;
  /** What the transition under way wants done. */
  #wanted: Action[] = [];
  /** Events that the machine sends to itself, and that come before all others. */
  readonly #own: AnyEventObject[] = [];

  /** What an action sees that looks at its machine. */
  #snapshot: AnyMachineSnapshot | undefined;

  constructor(machine: AnyStateMachine) {
    this.#machine = machine;
  }

  begin(input: unknown): XStateSituation {
    const snapshot = this.#machine.getInitialSnapshot(this.#here(input), input as never);
    const situation = { snapshot, timers: new Map(), sent: 0 };
    this.#settle(situation);
    return situation;
  }

  restore(persisted: unknown): AnyMachineSnapshot {
    return this.#machine.restoreSnapshot(persisted as never, this.#here(undefined));
  }

  handle(situation: XStateSituation, event: AnyEventObject): void {
    this.#step(situation, event);
    this.#settle(situation);
  }

  #step(situation: XStateSituation, event: AnyEventObject): void {
    if (situation.snapshot.status !== 'active') return; // As an actor that has stopped.
    situation.snapshot = this.#machine.transition(situation.snapshot, event, this.#here(undefined));
  }

  #settle(situation: XStateSituation): void {
    for (;;) {
      this.#snapshot = situation.snapshot;
      if (Object.keys(situation.snapshot.children).length > 0) throw actorRefused('spawned an actor');
      const actions = this.#wanted;
      this.#wanted = [];
      for (const action of actions) this.#do(situation, action);
      const next = this.#own.shift();
      if (next === undefined) break;
      this.#step(situation, next);
    }
    if (situation.snapshot.status !== 'active') for (const id of [...situation.timers.keys()]) cancelLater(situation, id);
  }

  #do(situation: XStateSituation, { type, params, exec, info }: Action): void {
    switch (type) {
      case 'xstate.raise': // Without a delay it was part of the transition.
      case 'xstate.sendTo':
        this.#send(situation, params as unknown as Sent, type);
        break;
      case 'xstate.cancel':
        cancelLater(situation, (params as unknown as { readonly sendId: string }).sendId);
        break;
      case 'xstate.spawnChild':
        throw actorRefused('spawned an actor');
      case 'xstate.stopChild':
      case 'xstate.emit':
        break; // There are no children, and no listener hears a thread.
      default:
        if (!context().replaying) (exec as ((args: unknown, params: unknown) => void) | undefined)?.(info, params);
    }
  }

  #send(situation: XStateSituation, { to, event, id, delay }: Sent, type: string): void {
    if (type === 'xstate.sendTo' && to !== this.#scope!.self) throw actorRefused('sent an event to another actor');
    if (delay !== undefined) sendLater(situation, id, event, delay);
    else if (type === 'xstate.sendTo') this.#own.push(event);
  }

  /** What a machine needs around it: an actor that is never started, because the server is what runs. */
  #here(input: unknown): AnyActorScope {
    this.#wanted = [];
    this.#own.length = 0;
    if (this.#scope !== undefined) return this.#scope;
    const self = createActor(this.#machine, { input: input as never });
    self.send = () => {
      throw sendRefused();
    };
    self.getSnapshot = () => this.#snapshot as never;
    this.#scope = {
      self,
      id: self.id,
      sessionId: self.sessionId,
      system: self.system,
      logger: (...args) => console.log(...args),
      defer: () => {},
      emit: () => {},
      stopChild: () => {},
      actionExecutor: (action) => this.#wanted.push(action),
    };
    return this.#scope;
  }
}
