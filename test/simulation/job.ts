import type { SimulationReport } from './report.ts';

/** What a process that simulates is asked. */
export interface Order {
  readonly seed: number;
  readonly tasks: number | undefined;
  readonly auditEvery: number;
}

/** Simulates the seeds that it is given, one after the other, until its parent goes. */
export function serve(simulate: (order: Order) => SimulationReport): void {
  process.on('disconnect', () => process.exit());
  process.on('message', (order: Order) => {
    setImmediate(() => {
      const report = simulate(order);
      process.send!({ ...report, outcomes: [...report.outcomes] });
    });
  });
}
