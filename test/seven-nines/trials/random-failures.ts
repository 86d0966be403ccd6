import type { PoolParts } from '../../../src/pool/compose.ts';
import type { Pool } from '../../../src/pool/pool.ts';
import { Fleet } from '../world/fleet.ts';
import { exponential, staged } from '../world/stage.ts';

export interface RandomFailuresSetting {
  readonly nodes: number;
  /** Events a second, each node. */
  readonly rate: number;
  readonly load: number;
  /** Milliseconds. */
  readonly mtbf: number;
  readonly takeover: number;
  /** Milliseconds that are simulated. */
  readonly time: number;
}

interface Node {
  readonly pool: Pool;
  readonly fleet: Fleet;
  /** The node that serves now. */
  readonly home: () => string | undefined;
  came: number;
  hit: number;
  failures: number;
  downUntil: number;
}

/**
 * Nodes that fail by themselves, at random, each with a pool and a queue of its own. Nothing is forced here: it needs failures that are far more
 * frequent than those of a real machine. Gives the share of its events that came while a node was down, for each node.
 */
export function randomFailures(seed: number, setting: RandomFailuresSetting): Promise<{ shares: number[]; failures: number }> {
  const { nodes, rate, load, mtbf, takeover, time } = setting;
  return staged(seed, (stage) => {
    const { timeline } = stage;
    const random = stage.random(10);
    const service = (1_000 * load) / rate;
    const all = Array.from({ length: nodes }, (): Node => {
      const perform = (): { ms: number; outcome: 'returns' } => ({ ms: exponential(random, service), outcome: 'returns' });
      const fleet = new Fleet({ timeline, nodes: 2, threadsPerNode: 1, noticed: takeover, perform });
      let parts!: PoolParts;
      const options = { threads: 1, spares: 1, retry: 1_000, terminateTimeout: 600_000, timeout: Number.POSITIVE_INFINITY };
      const pool = stage.pool(fleet, options, (joined) => {
        parts = joined;
      });
      return { pool, fleet, home: () => parts.routes.main.roster.slots[0]?.handle.home, came: 0, hit: 0, failures: 0, downUntil: 0 };
    });
    all.forEach((node, number) => {
      stage.arrivals(rate / 1_000, time, stage.random(100 + number), () => {
        node.came++;
        if (timeline.now() < node.downUntil) node.hit++;
        void node.pool.run(0);
      });
      const next = (): unknown => timeline.arrive(fail, exponential(random, mtbf));
      const fail = (): void => {
        const home = node.home();
        if (home === undefined) return void next();
        node.fleet.kill(home, () => {
          node.failures++;
          node.downUntil = timeline.now() + takeover;
          node.fleet.join();
          timeline.arrive(next, takeover);
        });
      };
      next();
    });
    stage.run(time);
    return { shares: all.map(({ hit, came }) => hit / came), failures: all.reduce((sum, node) => sum + node.failures, 0) };
  });
}
