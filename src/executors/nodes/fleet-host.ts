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
