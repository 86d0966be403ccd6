import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import type { Order } from '../../bench/runner/messages.ts';
import { runChild } from '../../bench/runner/run-child.ts';
import { further, oneIn } from '../soak.ts';

const test = oneIn(3, import.meta.url);

const child = fileURLToPath(new URL('./fixtures/child.js', import.meta.url));
const start = (name: string, limitMs: number) => runChild({ kind: 'measure', case: name } as Order, limitMs, child);
const LONG_MS = 60_000;

test('a child that answers is believed', async () => {
  assert.deepEqual(await start('answers', LONG_MS), { kind: 'outcome', outcome: { status: 'ok', figures: { goodput: 5 } } });
});

/** With a limit that leaves a child the time to start and to report, however slow the machine is: twice the last one, until it did. */
async function killedInTheMiddle(name: string): Promise<unknown> {
  for (let limitMs = 1_000; ; limitMs *= 2) {
    const report = await start(name, limitMs);
    if (report.kind !== 'too late' || Object.keys(report.figures).length > 0) return report;
  }
}

test('a child that never answers is killed at its limit, and its last progress is kept', async () => {
  assert.deepEqual(await killedInTheMiddle('hangs'), { kind: 'too late', figures: { accepted: 10, settled: 4 } });
});

further('a child whose main loop is stuck is killed all the same', async () => {
  assert.deepEqual(await killedInTheMiddle('spins'), { kind: 'too late', figures: { accepted: 3, settled: 1 } });
});

test('a child that ends without an answer has died, with its last words', async () => {
  assert.deepEqual(await start('dies', LONG_MS), { kind: 'died', figures: {}, how: 'exit 3: out of luck' });
});
