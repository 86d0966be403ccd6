import assert from 'node:assert/strict';
import type { SimulationReport } from './report.ts';
import { type SimulationOptions, simulate } from './simulation.ts';

/** Runs `simulation` where one may run: in a callback of the event loop. */
export function inTurn<Report>(simulation: () => Report): Promise<Report> {
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      try {
        resolve(simulation());
      } catch (error) {
        reject(error);
      }
    });
  });
}

/** Runs one seed. */
export function simulated(options: SimulationOptions): Promise<SimulationReport> {
  return inTurn(() => simulate(options));
}

/** Simulates until enough tasks are done, from this seed on. Returns the number of tasks. */
export async function simulateSome(from: number, tasks: number, options: Omit<SimulationOptions, 'seed'> = {}): Promise<number> {
  let done = 0;
  for (let seed = from; done < tasks; seed++) {
    const report = await simulated({ auditEvery: 16, ...options, seed });
    assert.equal(report.violation, undefined, `npm run simulate -- --seed ${seed}`);
    done += report.tasks;
  }
  return done;
}
