import type { NodeDownReason } from '../../core/broker/node-down.ts';
import type { NodeRecord } from './node-record.ts';
import type { NodeTally } from './node-tally.ts';

/** The pool's option `nodes`, in its final form. */
export interface NodesSettings {
  readonly name: string;
  readonly version: string | undefined;
  readonly silence: number;
  readonly brokerTimeout: number;
  readonly maxPayload: number;
  readonly spread: 'prefer' | 'require';
}

/** Looks at the nodes this many times within `silence`. */
const LOOKS = 8;
/** Milliseconds that what is kept at the broker outlives those who want it, at least. */
const TTL = 60_000;

/** Milliseconds from one look at the nodes to the next. */
export const everyOf = ({ silence }: NodesSettings): number => Math.min(250, Math.max(10, Math.round(silence / LOOKS)));

/** Milliseconds that what a pool keeps at the broker lives without being renewed. */
export const ttlOf = ({ brokerTimeout }: NodesSettings): number => Math.max(TTL, 2 * brokerTimeout);

/** What the executor tells of its nodes, beside what it tells of threads. */
export interface NodeEvents {
  up(node: NodeRecord): void;
  down(node: NodeRecord, reason: NodeDownReason, error: Error): void;
  brokerLost(error: unknown): void;
  brokerBack(milliseconds: number): void;
  /** The broker cannot be relied on: nothing will run any more. */
  failed(error: Error): void;
  readonly tally: NodeTally;
}
