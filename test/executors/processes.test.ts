import { systemClock } from '../../src/core/clock.ts';
import { CellExecutor } from '../../src/executors/processes/cells.ts';
import { conformance } from './conformance.ts';

conformance({
  name: 'threads of child processes',
  create: (filename) =>
    new CellExecutor(
      {
        filename: new URL(filename === 'broken' ? '../fixtures/broken-module.js' : '../fixtures/executor-tasks.js', import.meta.url).href,
        name: 'default',
        timeout: { run: 30_000 },
        faults: undefined,
        resourceLimits: undefined,
        workerData: undefined,
        env: undefined,
        argv: undefined,
        execArgv: undefined,
        threadsPerCell: 1,
        terminateTimeout: 2_000,
      },
      systemClock,
    ),
});
