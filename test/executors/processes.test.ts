import { systemClock } from '../../src/core/time/system-clock.ts';
import { CellExecutor } from '../../src/executors/processes/cell-executor.ts';
import { conformance } from './conformance.ts';
import { settingsFor } from './settings.ts';

conformance({
  name: 'threads of child processes',
  create: (filename) =>
    new CellExecutor({ ...settingsFor(filename), threadsPerCell: 1, terminateTimeout: 2_000, execPath: undefined }, systemClock),
});
