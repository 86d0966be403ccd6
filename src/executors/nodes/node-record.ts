import type { NodeDownReason } from '../../core/broker/node-down.ts';
import type { Card } from './protocol.ts';
import type { Pulse } from './pulse.ts';
import type { Session } from './session.ts';

/** A node whose results were found wrong this often is out of service. */
const LIMIT = 2;
/** Nodes that are remembered. */
const KEPT = 1_024;

/**
 * - `found`: its card is being read
 * - `joining`: asked to serve the pool
 * - `up`: serves it
 * - `leaving`: drains
 * - `down`: serves it no more, and does not count until it is started anew
 */
export type NodeState = 'found' | 'joining' | 'up' | 'leaving' | 'down';

/** Milliseconds that a node is left alone when sessions with it break again and again, at first and at most. */
const REST = { first: 500, most: 8_000 } as const;

/** How long a node is left alone before it is asked again. The first time not at all; sessions that have lasted count for nothing. */
class Rest {
  #next = 0;
  #left = 0;
  /** Milliseconds since a session broke. */
  #since = Number.POSITIVE_INFINITY;

  begins(): void {
    this.#next = this.#since > 2 * REST.most ? 0 : Math.min(Math.max(REST.first, 2 * this.#next), REST.most);
    this.#left = this.#next;
    this.#since = 0;
  }

  /** Time goes by. */
  pass(elapsed: number): void {
    this.#since += elapsed;
    this.#left -= elapsed;
  }

  get isOver(): boolean {
    return this.#left <= 0;
  }
}

/** A node, or the session with it, is lost. */
export function lossOf({ id }: NodeRecord, why: string | Error): Error {
  const text = typeof why === 'string' ? why : why.message;
  // The end of a sentence.
  const clause = text.replace(/^I(?=ts? )|^F(?=rames? )|^A(?= )/, (first) => first.toLowerCase()).replace(/\.$/, '');
  return new Error(`Node ${id} is lost: ${clause}.`);
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

/** Nodes whose results were found wrong. One that was lost and is found again is the same node, until it is started anew: then it has another id. */
export class Convictions {
  readonly #counts = new Map<string, number>();

  /** @returns whether this one takes the node out of service */
  add(node: string): boolean {
    const count = (this.#counts.get(node) ?? 0) + 1;
    this.#counts.delete(node);
    this.#counts.set(node, count);
    if (this.#counts.size > KEPT) this.#counts.delete(this.#counts.keys().next().value!);
    return count === LIMIT;
  }

  bar(node: string): boolean {
    return (this.#counts.get(node) ?? 0) >= LIMIT;
  }
}
