import { EVENT_NAMES, type PoolEvents } from '../../src/core/events.ts';
import type { Pool } from '../../src/pool.ts';
import type { Witness } from './witness.ts';
import type { World } from './world.ts';

/** Listens to everything that the pool says, writes it down, has it checked, and meddles from within. */
export function watchEvents(pool: Pool, world: World, witness: Witness): void {
  for (const name of EVENT_NAMES) {
    pool.on(name, (event) => {
      const { taskId = 0, slot = 0, threadId = 0 } = event as { taskId?: number; slot?: number; threadId?: number };
      world.journal.note(`event:${name}`, taskId, slot, threadId);
      world.journal.remark(() => inspect(event));
      try {
        check(name, event as never, witness);
      } catch (error) {
        world.fail(`a check threw: ${error instanceof Error ? error.stack : String(error)}`);
      }
      witness.meddle(undefined);
    });
  }
}

function check(name: keyof PoolEvents, event: never, witness: Witness): void {
  if (name === 'retry') {
    const { taskId, failed } = event as PoolEvents['retry'];
    witness.gaveUp(taskId, failed);
  } else if (name === 'timeout') {
    const { taskId, phase, attempt } = event as PoolEvents['timeout'];
    if (phase === 'run') witness.timedOut(taskId, attempt);
  } else if (name === 'workerExit') {
    witness.restarts.exit(event);
  } else if (name === 'failed') {
    witness.restarts.failed();
  }
}

function inspect(event: object): string {
  return JSON.stringify(event, (key, value) => (key === 'error' ? String(value) : value)).slice(0, 160);
}
