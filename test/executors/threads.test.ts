import { systemClock } from '../../src/core/time/system-clock.ts';
import { ThreadExecutor } from '../../src/executors/threads/thread-executor.ts';
import { conformance } from './conformance.ts';
import { settingsFor } from './settings.ts';

conformance({
  name: 'worker threads',
  whole: true,
  create: (filename) => new ThreadExecutor(settingsFor(filename), systemClock, { later: true }),
});
