import assert from 'node:assert/strict';
import type { SimulationReport } from '../../simulation/report.ts';
import { inTurn } from '../../simulation/seeds.ts';
import { simulate } from './simulation.ts';
import type { WorldOptions } from './world.ts';

/** Runs one seed. */
export function simulated(options: WorldOptions): Promise<SimulationReport> {
  return inTurn(() => simulate(options));
}

/** Simulates until enough tasks are done, from this seed on. @param size tasks of a seed @returns how many there were */
export async function simulateSome(from: number, tasks: number, size?: number): Promise<number> {
  let done = 0;
  for (let seed = from; done < tasks; seed++) {
    const report = await simulated({ seed, tasks: size });
    assert.equal(report.violation, undefined, `npm run simulate:nodes -- --seed ${seed}${size === undefined ? '' : ` --size ${size}`}`);
    done += report.tasks;
  }
  return done;
}
