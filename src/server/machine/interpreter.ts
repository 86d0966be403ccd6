import { context, reply } from '../define/context.ts';
import { fail, isFail, noReply } from '../define/marks.ts';
import { ServerError } from '../errors.ts';
import type { InternalEvent, MachineHandlers, MachineSituation, MachineState, Occurrence, Transition } from './machine-definition.ts';

type Situation = MachineSituation;
type State = MachineState<unknown, string>;
/** What a timer of a machine brings. */
type TimerMessage =
  | { readonly machine: 'after'; readonly ms: string }
  | { readonly machine: 'timer'; readonly name: string; readonly event: InternalEvent };

const ABSENT: unique symbol = Symbol('nobody handles it here');

/**
 * Runs a machine as the handlers of a server: an event is a message, its situation the state. So all that servers have, it has: the log, replay,
 * standbys, replicas and the journal.
 */
export class Interpreter {
  readonly #states: Readonly<Record<string, State>>;

  constructor({ states }: MachineHandlers<unknown, never, unknown>) {
    this.#states = states as Readonly<Record<string, State>>;
  }

  begin(state: string, data: unknown): Situation {
    this.#expect(state);
    const situation: Situation = { state, data, postponed: [], timers: { after: [], named: {} } };
    this.#settle(situation, this.#enter(situation));
    return situation;
  }

  /** The answer to a call, or `noReply` if the event was put aside. */
  call(situation: Situation, event: string, message: unknown): unknown {
    return this.#first(situation, { event, message, from: context().from });
  }

  cast(situation: Situation, event: string, message: unknown): void {
    this.#first(situation, { event, message });
  }

  /** A timer has fired. */
  info(situation: Situation, message: unknown): void {
    const timer = message as TimerMessage | undefined;
    if (timer?.machine === 'timer') {
      delete situation.timers.named[timer.name];
      this.#first(situation, { event: timer.event.event, message: timer.event.message });
    } else if (timer?.machine === 'after') {
      const target = this.#here(situation).after?.[Number(timer.ms)];
      const next = typeof target === 'function' ? atOnce(target(situation.data)) : target;
      this.#settle(situation, this.#go(situation, asTransition(next)));
    }
  }

  #here({ state }: Situation): State {
    return this.#states[state]!;
  }

  #first(situation: Situation, occurrence: Occurrence): unknown {
    const { answer, internal } = this.#handle(situation, occurrence, true);
    this.#settle(situation, internal);
    return answer;
  }

  /** Internal events, and those that were put aside and may be handled now, until nothing is left. */
  #settle(situation: Situation, internal: readonly InternalEvent[]): void {
    const queue = [...internal];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { message, ...rest } = next as Occurrence;
      queue.unshift(...this.#handle(situation, { message, ...rest }, false).internal);
    }
  }

  #handle(situation: Situation, occurrence: Occurrence, first: boolean): { answer: unknown; internal: readonly InternalEvent[] } {
    const wanted = this.#wanted(situation, occurrence);
    if (wanted === ABSENT) {
      const error = fail(notHere(occurrence.event, situation.state));
      return { answer: this.#reply(occurrence, error, first), internal: [] };
    }
    if (wanted.postpone === true) {
      situation.postponed.push(occurrence);
      return { answer: occurrence.from === undefined ? undefined : noReply(), internal: [] };
    }
    const internal = this.#go(situation, wanted);
    return { answer: this.#reply(occurrence, isFail(wanted) ? wanted : wanted.reply, first), internal };
  }

  /** The first event is answered by the handler's own result; others, that had to wait, by a reply. */
  #reply({ from }: Occurrence, answer: unknown, first: boolean): unknown {
    if (first) return answer;
    if (from !== undefined) reply(from, answer);
    return undefined;
  }

  #wanted(situation: Situation, { event, message }: Occurrence): Transition<string> | typeof ABSENT {
    const { on, postpone } = this.#here(situation);
    if (on !== undefined && Object.hasOwn(on, event)) {
      const handler = on[event]!;
      return asTransition(typeof handler === 'string' ? handler : atOnce(handler(situation.data, message)));
    }
    return postpone?.includes(event) === true ? { postpone: true } : ABSENT;
  }

  /** Returns the events that come before all others. */
  #go(situation: Situation, { to, internal, timers }: Transition<string>): readonly InternalEvent[] {
    this.#setTimers(situation, timers);
    const wanted = listOf(internal);
    if (to === undefined || to === situation.state) return wanted;
    this.#expect(to);
    for (const ref of situation.timers.after.splice(0)) context().cancelTimer(ref);
    situation.state = to;
    const entered = this.#enter(situation);
    return [...entered, ...wanted, ...situation.postponed.splice(0)];
  }

  #expect(state: string): void {
    if (Object.hasOwn(this.#states, state)) return;
    const known = Object.keys(this.#states).join(', ');
    throw new RangeError(`Expected a state of the machine (${known}). Got ${JSON.stringify(state)}.`);
  }

  #enter(situation: Situation): readonly InternalEvent[] {
    const { enter, after } = this.#here(situation);
    for (const ms of Object.keys(after ?? {})) {
      situation.timers.after.push(context().sendAfter(Number(ms), { machine: 'after', ms } satisfies TimerMessage));
    }
    const wanted: Transition<string> = atOnce(enter?.(situation.data)) ?? {};
    this.#setTimers(situation, wanted.timers);
    return listOf(wanted.internal);
  }

  #setTimers({ timers }: Situation, wanted: Transition<string>['timers']): void {
    for (const [name, timer] of Object.entries(wanted ?? {})) {
      const before = timers.named[name];
      if (before !== undefined) context().cancelTimer(before);
      delete timers.named[name];
      if (timer === undefined) continue;
      const { ms, event, message } = timer;
      timers.named[name] = context().sendAfter(ms, { machine: 'timer', name, event: { event, message } } satisfies TimerMessage);
    }
  }
}

function listOf(internal: Transition<string>['internal']): readonly InternalEvent[] {
  return internal === undefined ? [] : 'event' in internal ? [internal] : internal;
}

function asTransition(next: unknown): Transition<string> {
  if (typeof next === 'string') return { to: next };
  return typeof next === 'object' && next !== null ? next : {};
}

/** A transition happens at once: while it was waited for, the state would be neither. */
function atOnce<T>(next: T): T {
  if (typeof (next as PromiseLike<unknown> | undefined)?.then !== 'function') return next;
  (next as PromiseLike<unknown>).then(undefined, () => {});
  throw new ServerError(
    'ERR_SERVER_ASYNC',
    'A handler of a machine returned a promise. Let it answer at once, and have a server or a pool do what takes time.',
  );
}

function notHere(event: string, state: string): ServerError {
  const advice = 'Handle it there, or postpone it.';
  return new ServerError(
    'ERR_SERVER_MESSAGE',
    `Event ${JSON.stringify(event)} is not handled in state ${JSON.stringify(state)}. ${advice}`,
  );
}
