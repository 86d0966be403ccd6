import type { Books } from './books.ts';

/** Every attempt that has begun is counted once: as ended, or as one that runs. Holds between any two events. */
export function checkAttempts({ world, witness, pool }: Books): void {
  let ended = 0;
  let queued = 0;
  let settled = 0;
  let accepted = 0;
  for (const task of pool.tally.tasks.values()) {
    ended += task.ended;
    accepted += task.accepted;
  }
  const { queue, total } = pool.tally.times;
  queued = queue.count;
  settled = total.count;
  let running = 0;
  for (const { roster } of pool.routes.all) for (const thread of roster.threads) running += [...thread.untold()].length;
  if (ended + running !== witness.begun)
    world.fail(`the pool counts ${ended} attempts that have ended and ${running} that run; ${witness.begun} have begun`);
  const { fulfilled, rejected, open } = pool.ledger;
  if (settled !== fulfilled + rejected || accepted !== settled + open)
    world.fail(`the pool has timed ${settled} of ${fulfilled + rejected} settled tasks, and counts ${accepted} accepted ones`);
  if (queued < settled || queued > accepted)
    world.fail(`the pool has timed ${queued} waits of ${settled} settled and ${accepted} accepted tasks`);
}
