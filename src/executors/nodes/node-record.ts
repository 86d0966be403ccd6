import type { NodeDownReason } from '../../core/broker/node-down.ts';
import type { Card } from './protocol.ts';
import type { Pulse } from './pulse.ts';
import type { Session } from './session.ts';
import { Rest } from './standing/rest.ts';

/**
 * - `found`: its card is being read
 * - `joining`: asked to serve the pool
 * - `up`: serves it
 * - `leaving`: drains
 * - `down`: serves it no more, and does not count until it is started anew
 */
export type NodeState = 'found' | 'joining' | 'up' | 'leaving' | 'down';

/** A node, or the session with it, is lost. @param why a clause, or an error */
export function lossOf({ id }: NodeRecord, why: string | Error): Error {
  return new Error(`Node ${id} is lost: ${typeof why === 'string' ? why : why.message.replace(/\.$/, '')}.`);
}

/** A node that has just been found. */
export function foundNode(id: string): NodeRecord {
  return { id, state: 'found', card: undefined, pulse: undefined, session: undefined, reason: undefined, rest: new Rest() };
}

/** A node as the pool knows it. */
export interface NodeRecord {
  readonly id: string;
  state: NodeState;
  card: Card | undefined;
  pulse: Pulse | undefined;
  session: Session | undefined;
  reason: NodeDownReason | undefined;
  readonly rest: Rest;
}
