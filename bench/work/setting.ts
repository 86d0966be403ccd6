import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import type { FaultPlan } from './faults.ts';
import { type Ledger, openLedger } from './ledger.ts';

/** What all threads of a run must know before their first task. */
export interface Setting {
  readonly plan: FaultPlan;
  readonly ledger: Ledger;
  /** Rounds of `busy` that a slow attempt does on top of its own work. */
  readonly slowRounds: number;
}

interface Carried {
  readonly plan: FaultPlan;
  readonly buffer: SharedArrayBuffer;
  readonly slowRounds: number;
}

const KEY = 'holdfast-bench';

/**
 * Node hands environment data to every thread that starts afterwards, whichever pool starts it. So no pool needs an
 * option for it, and none pays for it in its messages.
 */
export function publishSetting(setting: Setting): void {
  const carried: Carried = { plan: setting.plan, buffer: setting.ledger.buffer, slowRounds: setting.slowRounds };
  setEnvironmentData(KEY, carried as never);
}

/** The setting, seen from a thread; undefined where none was published. */
export function readSetting(): Setting | undefined {
  const carried = getEnvironmentData(KEY) as unknown as Carried | undefined;
  return carried && { plan: carried.plan, ledger: openLedger(carried.buffer), slowRounds: carried.slowRounds };
}
