import { handling } from '../define/context.ts';
import { PHASE, type Phase } from '../wire.ts';
import { Scope } from './scope.ts';

/** What the end of a thread belongs to: a message, and what was done for it; or none. */
export interface Charge {
  readonly seq: number;
  readonly phase: Phase;
}

export const NOBODY: Charge = { seq: -1, phase: PHASE.idle };

/**
 * Which message the code belongs to that ends the thread now. `undefined` if nothing tells.
 * @param current the message that is being handled. @param goesOn whether its handler has returned
 */
export function chargeOf(current: Scope | undefined, phase: Phase, goesOn: boolean, watches: boolean): Charge | undefined {
  if (current === undefined) return NOBODY;
  const { now, later } = handling;
  const whose = now ?? later.getStore();
  // The variable tells no more than whose turn it is.
  if (whose === current && (now === undefined || !goesOn)) return { seq: current.seq, phase };
  if (whose !== current && whose instanceof Scope) return NOBODY;
  return watches ? undefined : { seq: current.seq, phase: PHASE.doubtful };
}
