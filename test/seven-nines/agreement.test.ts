import { describe, it } from 'node:test';
import { first } from '../soak.ts';
import { assertAgree, assertNoticed } from './agreement.ts';
import type { Effort, Row } from './comparison.ts';
import { ownQueueRows } from './parts/load.ts';
import { TEXT, takeoverRows } from './parts/nodes.ts';
import { stormRows } from './parts/storms.ts';
import { voteRows } from './parts/votes.ts';

/** A few windows of each kind; the seed is fixed, so the outcome is too. */
const EFFORT: Effort = { share: 0.05, seed: 7 };

describe('calculation and simulation agree within their intervals', () => {
  // The first one costs least.
  const cases: readonly (readonly [string, () => Promise<Row[]>, number])[] = [
    ['on a storm of retries, with and without a budget', () => stormRows(EFFORT, [0.6], [0.6]), 1.3],
    ["on the text's thousand nodes, by windows around failures", () => takeoverRows(EFFORT, 'node', TEXT.takeover, '8 s', 3, 100), 1.25],
    ['on the backlog of a lost node, at 60 % load', () => ownQueueRows(EFFORT, [0.6]), 1.5],
    ['on votes, independent and with a common cause, drawn and weighed', () => voteRows(EFFORT), 1.5],
  ];
  // The soak has all of them, with this seed and with new ones.
  for (const [what, simulate, factor] of first(1, cases))
    it(what, async () => {
      const rows = await simulate();
      assertAgree(rows);
      assertNoticed(rows, factor);
    });
});
