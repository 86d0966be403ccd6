import type { PoolParts } from '../../../../src/pool/compose.ts';
import type { SimExecutor } from '../../world/sim-executor.ts';
import type { Hold } from '../../world/sim-keep-alive.ts';
import type { World } from '../../world/world.ts';
import type { Witness } from '../witness.ts';

/** Parties whose books have to agree. */
export interface Books {
  readonly world: World;
  readonly witness: Witness;
  /** The pool's own, and that of the escalation once there is one. */
  readonly executors: readonly SimExecutor[];
  readonly pool: PoolParts;
  readonly hold: Hold;
  /** Waits of p-retry. */
  waits(): number;
}
