import { EVENT_NAMES, type PoolEvents } from '../../../src/core/events.ts';
import type { Pool } from '../../../src/pool/pool.ts';
import type { World } from '../world/world.ts';
import type { Witness } from './witness.ts';

type Checks = { readonly [Name in keyof PoolEvents]?: (event: PoolEvents[Name]) => void };

/** Listens to everything that the pool says, writes it down, has it checked, and meddles from within. */
export function watchEvents(pool: Pool, world: World, witness: Witness): void {
  const checks: Checks = {
    retry: ({ taskId, failed }) => witness.gaveUp(taskId, failed),
    timeout: ({ taskId, phase, attempt }) => phase === 'run' && witness.timedOut(taskId, attempt),
    hedge: (event) => witness.hedged(event),
    conflict: (event) => witness.conflict(event),
    workerExit: (event) => {
      witness.threadEnded(event);
      witness.teardowns.ended(event);
    },
    quarantine: (event) => witness.quarantine.told(event),
    failed: () => witness.restarts.failed(),
  };
  watchPressure(pool, world);
  for (const name of EVENT_NAMES) {
    if (name === 'needsDrain') continue; // It came later: what it wrote down, and did, would change every seed.
    const title = `event:${name}`;
    const check = checks[name] as ((event: unknown) => void) | undefined;
    pool.on(name, (event) => {
      const { taskId = 0, slot = 0, threadId = 0 } = event as { taskId?: number; slot?: number; threadId?: number };
      world.journal.note(title, taskId, slot, threadId);
      if (world.journal.read) world.journal.remark(() => inspect(event));
      try {
        check?.(event);
      } catch (error) {
        world.fail(`a check threw: ${error instanceof Error ? error.stack : String(error)}`);
      }
      witness.meddle(undefined);
    });
  }
}

/** Callers are asked to wait, and to go on, in turn. */
function watchPressure(pool: Pool, world: World): void {
  let needs = false;
  pool.on('needsDrain', ({ needed, open }) => {
    if (needed === needs) world.fail(`needsDrain said twice that it is ${needed}`);
    if (needed !== pool.needsDrain) world.fail(`needsDrain says ${needed}, and the pool ${pool.needsDrain}`);
    if (needed && open < world.climate.pool.threads) world.fail(`callers were asked to wait at ${open} open tasks`);
    needs = needed;
  });
}

function inspect(event: object): string {
  return JSON.stringify(event, (key, value) => (key === 'error' ? String(value) : value)).slice(0, 160);
}
