import { readFileSync } from 'node:fs';
import { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/core/time/system-clock.ts';
import { CellExecutor, type CellsOptions } from '../../src/executors/processes/cell-executor.ts';
import { Pool, type PoolOptions } from '../../src/index.ts';

export const SABOTEURS: URL = new URL('../fixtures/misdeeds/saboteurs.js', import.meta.url);
export const MISDEEDS: URL = new URL('../fixtures/misdeeds/misdeeds.js', import.meta.url);

export function openCells(options: Partial<PoolOptions> = {}): Pool {
  return new Pool({ filename: SABOTEURS, isolation: 'process', threads: 1, spares: 0, retry: 0, terminateTimeout: 2_000, ...options });
}

export function cellExecutor(options: Partial<CellsOptions> = {}): CellExecutor {
  const none = {
    faults: undefined,
    resourceLimits: undefined,
    workerData: undefined,
    env: undefined,
    argv: undefined,
    execArgv: undefined,
    execPath: undefined,
  };
  const usual = { filename: SABOTEURS.href, name: 'default', timeout: { run: 30_000 }, threadsPerCell: 1, terminateTimeout: 2_000 };
  return new CellExecutor({ ...none, ...usual, ...options }, systemClock);
}

/** Whether the process runs; one that is dead and has only not been buried yet does not. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** What another process does can only be looked at now and then. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

/** Idle pools and executors do not keep a process alive; the tests of a file that calls this do. */
export function stayAlive(): void {
  const timer = setInterval(() => {}, 60_000);
  after(() => clearInterval(timer));
}
