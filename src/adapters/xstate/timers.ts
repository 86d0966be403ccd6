import type { AnyEventObject } from 'xstate';
import { context } from '../../server/index.ts';
import type { XStateSituation } from './types.ts';

/** What a timer of a machine brings. */
export interface TimerMessage {
  /** Its id in the machine. */
  readonly xstate: string;
  readonly event: AnyEventObject;
}

export const isTimer = (message: unknown): message is TimerMessage => typeof (message as Partial<TimerMessage> | null)?.xstate === 'string';

/** Has the machine given this event, later. Ids that the user has not given are drawn from the situation, so that they are the same in a replay. */
export function sendLater(situation: XStateSituation, given: string | undefined, event: AnyEventObject, ms: number): void {
  const id = given ?? `holdfast.${situation.sent++}`;
  cancelLater(situation, id);
  situation.timers.set(id, context().sendAfter(ms, { xstate: id, event } satisfies TimerMessage));
}

/** No longer. */
export function cancelLater({ timers }: XStateSituation, id: string): void {
  const ref = timers.get(id);
  if (ref !== undefined) context().cancelTimer(ref);
  timers.delete(id);
}
