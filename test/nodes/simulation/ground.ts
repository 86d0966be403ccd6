import type { NodeDownReason } from '../../../src/core/broker/node-down.ts';
import type { MemoryBroker } from '../../../src/executors/nodes/link/memory-broker.ts';
import type { Journal } from '../../simulation/checks/journal.ts';
import type { Dice } from '../../simulation/world/dice.ts';
import type { Base, Machine } from '../simulated/machine.ts';
import type { Climate, NodeKind } from './climate.ts';
import type { Departures } from './departures.ts';
import type { SimNode } from './sim-node.ts';

/** What the weather and those who look on know of the world. */
export interface Ground {
  readonly now: number;
  readonly climate: Climate;
  readonly journal: Journal;
  /** What has left the manager, if there are tasks that may be started only once. */
  readonly departures: Pick<Departures, 'has'>;
  readonly state: 'safety' | 'liveness' | 'closing';
  readonly nodes: readonly SimNode[];
  readonly dice: Dice;
  readonly base: Base;
  readonly broker: MemoryBroker;
  readonly manager: Machine;
  /** When something last stood between the pool and all its nodes. */
  readonly troubledAt: number;
  start(kind: NodeKind): SimNode;
  /** Why this node should not have been held to be lost; `undefined` if there was a reason. */
  innocent(node: SimNode, reason: NodeDownReason, why: string): string | undefined;
  /** An invariant does not hold. */
  fail(what: string): void;
}
