import { systemClock } from '../../src/core/clock.ts';
import { ThreadExecutor } from '../../src/executors/threads/threads.ts';
import { conformance } from './conformance.ts';

conformance({
  name: 'worker threads',
  create: (filename) =>
    new ThreadExecutor(
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
      },
      systemClock,
    ),
});
