import type { ThreadsOptions } from '../../src/executors/threads/thread-executor.ts';

/** Settings of an executor for the conformance suite's tasks, or for the module that does not load. */
export function settingsFor(filename: string | undefined): ThreadsOptions {
  return {
    filename: new URL(filename === 'broken' ? '../fixtures/broken-module.js' : '../fixtures/executor-tasks.js', import.meta.url).href,
    name: 'default',
    timeout: { run: 30_000 },
    faults: undefined,
    resourceLimits: undefined,
    workerData: undefined,
    env: undefined,
    argv: undefined,
    execArgv: undefined,
  };
}
