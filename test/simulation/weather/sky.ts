import type { PoolOptions } from '../../../src/options/types.ts';
import type { SimExecutor } from '../world/sim-executor.ts';
import type { World } from '../world/world.ts';

/** Acts of God, once an event: deaths, pauses, threads that stand still, blocks and jumps of the clock. */
export function act(world: World, executor: SimExecutor): void {
  const { timeline, skyDice, climate } = world;
  const fault = world.fromSky();
  const stopped = world.pauses.draw();
  if (stopped > 0) {
    world.journal.note('pause', stopped);
    world.lostTime += stopped;
    world.pauses.stop(stopped);
  }
  const stands = world.stalls.draw();
  if (stands > 0) executor.stall(stands);
  if (fault === 'death' || fault === 'twinDeaths') executor.strike(fault === 'death' ? 1 : 2);
  else if (fault !== undefined) {
    const ms = (fault === 'block' ? climate.blockFor : climate.jumpBy) * skyDice.next();
    world.lostTime += ms;
    if (fault === 'block') timeline.block(ms);
    else world.pauses.stop(ms);
  }
}

export function elasticOptions({ elastic, climate }: World): Pick<PoolOptions, 'threads' | 'idleTimeout'> {
  if (elastic === undefined) return {};
  return { threads: { min: elastic.min, max: climate.pool.threads }, idleTimeout: elastic.idleTimeout };
}
