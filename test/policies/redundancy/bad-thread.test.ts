import assert from 'node:assert/strict';
import { faultPlan } from '../../../src/faults/index.ts';
import { type CrashReport, Pool, type PoolEvents } from '../../../src/index.ts';
import { nextEvent } from '../../next-event.ts';
import { oneIn } from '../../soak.ts';

const test = oneIn(3, import.meta.url);

const filename = new URL('../../fixtures/votes/copies.js', import.meta.url);
const SLOT = 1;

test('a thread that is always wrong is convicted, replaced, and named in its report; its successor works', async () => {
  // Its first generation alone: the machine under the slot is good, the thread is not.
  const faults = faultPlan({ seed: 1, corrupt: 1, slot: SLOT, generation: 1 });
  await using pool = new Pool({ filename, name: 'square', threads: 3, spares: 1, redundancy: 3, faults });
  const reports: CrashReport[] = [];
  const conflicts: PoolEvents['conflict'][] = [];
  const exits: PoolEvents['workerExit'][] = [];
  pool.on('crash', (report) => reports.push(report));
  pool.on('conflict', (event) => conflicts.push(event));
  pool.on('workerExit', (event) => exits.push(event));
  await pool.ready();

  for (let n = 0; reports.length === 0; n++) assert.equal(await pool.run(n), n * n);
  const [report] = reports as [CrashReport];
  const losers = conflicts.map(({ ballots }) => ballots.find(({ slot }) => slot === SLOT)!);
  assert.deepEqual([report.reason, report.slot, report.generation], ['outvoted', SLOT, 1]);
  assert.equal(report.threadId, losers[0]?.threadId, 'the thread whose ballots lost');
  assert.equal(report.task?.id, conflicts[0]?.taskId, 'and the task that showed it');
  assert.equal(report.task?.name, 'square');
  assert.ok(
    report.events.some((line) => line.includes('conflict')),
    'what went before',
  );
  for (const { verdict, ballots } of conflicts) {
    assert.equal(verdict, 'quorum');
    assert.deepEqual(
      ballots.filter(({ value }) => value !== ballots.find(({ slot }) => slot !== SLOT)?.value).map(({ threadId }) => threadId),
      [report.threadId],
      'only its ballots are wrong',
    );
  }

  // Its successor in the same slot votes with the others, once it is there: the spare may not have been ready.
  if (pool.health() === 'degraded') await nextEvent(pool, 'recovered');
  const known = conflicts.length;
  await Promise.all(Array.from({ length: 300 }, async (_, n) => assert.equal(await pool.run(n), n * n)));
  assert.equal(conflicts.length, known);
  assert.deepEqual(
    exits.map(({ reason, slot }) => [reason, slot]),
    [['outvoted', SLOT]],
  );
  assert.equal(pool.health(), 'ok');
});
