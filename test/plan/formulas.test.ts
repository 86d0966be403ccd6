import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seeded } from '../../src/core/random.ts';
import { longestTakeover, ninesOf, trialsToShow, unavailability } from '../../src/plan/formulas/availability.ts';
import { binomialAtLeast, compoundPoisson, normal } from '../../src/plan/formulas/chance.ts';
import { attemptsFor, attemptsUsed, longestTimeout, overhead, storm, tippingPoint } from '../../src/plan/formulas/retries.ts';
import { missingNodes, sparesFor } from '../../src/plan/formulas/spares.ts';
import { replicasFor, type VoteOutcome, type Votes, vote } from '../../src/plan/formulas/voting.ts';
import { erlangC, integral, lateShare, longerThan, meanWait, type Queue } from '../../src/plan/formulas/waiting.ts';
import { DAY, YEAR } from '../../src/plan/quantity/time.ts';

function near(got: number, expected: number, relative = 1e-9): void {
  assert.ok(Math.abs(got - expected) <= relative * Math.abs(expected) + 1e-300, `expected ${expected}, got ${got}`);
}

describe('chances', () => {
  it('of the normal distribution are those of the tables, far out too', () => {
    near(normal(0), 0.5);
    near(normal(1), 0.8413447460685429, 1e-12);
    near(normal(-1.959963984540054), 0.025, 1e-9);
    near(normal(-2.9999), 0.0013503, 1e-3);
    near(normal(-6), 9.865876450377018e-10, 1e-9);
    assert.deepEqual([normal(-50), normal(50)], [0, 1]);
  });

  it('of at least k successes are summed without loss', () => {
    near(binomialAtLeast(2, 3, 0.1), 3 * 0.01 * 0.9 + 0.001, 1e-12);
    near(binomialAtLeast(2, 3, 1e-9), 3e-18, 1e-6);
    assert.deepEqual(
      [binomialAtLeast(0, 3, 0.1), binomialAtLeast(4, 3, 0.1), binomialAtLeast(1, 3, 0), binomialAtLeast(3, 3, 1)],
      [1, 0, 0, 1],
    );
  });

  it('of singles and groups add up, and have the right mean and variance', () => {
    for (const [singles, groups, size] of [
      [0.9, 0, 1],
      [3, 0.4, 5],
      [900, 2, 20],
      [0, 0, 1],
    ] as const) {
      const chances = compoundPoisson(singles, groups, size);
      const sum = (f: (n: number) => number): number => chances.reduce((total, chance, n) => total + chance * f(n), 0);
      near(
        sum(() => 1),
        1,
        1e-12,
      );
      const mean = singles + groups * size;
      near(
        sum((n) => n),
        mean,
        1e-6,
      );
      near(
        sum((n) => (n - mean) ** 2),
        singles + groups * size ** 2,
        1e-6,
      );
    }
  });
});

describe('nodes', () => {
  it('of the text: a thousand, three years, eight seconds', () => {
    near(unavailability(3 * YEAR, 8_000), 8.456e-8, 1e-4);
    near(longestTakeover(3 * YEAR, 7), 9_460.8, 1e-6);
    near(unavailability(3 * YEAR, longestTakeover(3 * YEAR, 7)), 1e-7, 1e-12);
    near(ninesOf(1e-7), 7);
    near(trialsToShow(7), 3e7);
  });

  it('are missing as often as a draw of failures says', () => {
    const fleet = { nodes: 100, mtbf: 100 * DAY, repair: 3 * DAY, together: 0.3, domain: 5 };
    const down = ((100 + 4) * 3) / 103;
    const random = seeded(5);
    const poisson = (mean: number): number => {
      let n = -1;
      for (let left = mean; left > 0; n++) left += Math.log(1 - random());
      return n;
    };
    let missing = 0;
    const draws = 200_000;
    for (let i = 0; i < draws; i++) missing += Math.max(0, poisson(down * 0.7) + 5 * poisson((down * 0.3) / 5) - 4);
    near(missingNodes(fleet, 4), missing / draws, 0.03);
  });

  it('need more spares where they fail together, and never fewer than a domain', () => {
    const alone = { nodes: 1_000, mtbf: 3 * YEAR, repair: DAY, together: 0, domain: 1 };
    const few = sparesFor(alone, 1e-7, 5_000)!;
    const many = sparesFor({ ...alone, together: 0.05, domain: 20 }, 1e-7, 5_000)!;
    assert.ok(missingNodes(alone, few) / 1_000 <= 1e-7 && missingNodes(alone, few - 1) / 1_000 > 1e-7);
    assert.ok(few < 10 && many >= 20, `${few}, ${many}`);
    assert.equal(sparesFor({ ...alone, nodes: 10, mtbf: 1, repair: 10_000 }, 1e-7, 20), undefined);
  });
});

describe('queues', () => {
  it("agree with M/M/1, and with Erlang's tables", () => {
    near(erlangC(1, 0.6), 0.6);
    near(erlangC(2, 1), 1 / 3);
    near(erlangC(10, 9), 0.6687, 1e-3);
    near(meanWait(1, 0.5, 10), 10);
    near(lateShare(1, 0.5, 10, 100), 0.5 * Math.exp(-5));
    // The limit for very many threads takes over without a step.
    near(erlangC(100_001, 99_700), erlangC(100_000, 99_700 - 0.9985), 0.01);
    assert.deepEqual([erlangC(3, 3), lateShare(3, 4, 1, 1), meanWait(2, 2, 1)], [1, 1, Number.POSITIVE_INFINITY]);
  });

  /** The integral of `longerThan` over all lengths. */
  function mean(queue: Queue, ms: number): number {
    const top = (queue.start ?? 0) + Math.max(0, queue.drift * ms) + 10 * Math.sqrt(queue.variance * ms);
    return integral((length) => longerThan(queue, length, ms), 0, top, 400);
  }

  it('that are overloaded grow like a fluid, those at the edge like the root of time, others keep a balance', () => {
    near(mean({ drift: 1, variance: 2 }, 1e6), 1e6, 1e-3);
    near(mean({ drift: 0, variance: 2 }, 1e6), Math.sqrt((2 * 2e6) / Math.PI), 1e-3);
    near(mean({ drift: 1, variance: 2, start: 500 }, 1e6), 1e6 + 500, 1e-3);
    assert.deepEqual(
      [longerThan({ drift: 0, variance: 1, start: 3 }, 2, 0), longerThan({ drift: 0, variance: 1, start: 3 }, 4, 0)],
      [1, 0],
    );
    near(longerThan({ drift: -0.1, variance: 2 }, 20, 1e6), Math.exp((-2 * 0.1 * 20) / 2), 1e-6);
  });
});

describe('retries', () => {
  const thrown = { service: 10, classes: [{ chance: 0.01, found: 10, replaced: 0 }], attempts: Number.POSITIVE_INFINITY };

  it('needed for seven nines', () => {
    assert.deepEqual(
      [0, 0.01, 0.05, 0.1].map((p) => attemptsFor(p, 7)),
      [1, 4, 6, 7],
    );
    assert.equal(attemptsFor(1, 7), undefined);
    near(attemptsUsed(0.5, 3), 1.75);
    assert.equal(attemptsUsed(1, 4), 4);
  });

  it('tip over at 40 % thrown errors under 60 % load, and at 0.64 % hangs that take a hundred service times', () => {
    near(tippingPoint(0.6, thrown)!, 0.4, 1e-9);
    const hanging = { service: 1, classes: [{ chance: 0.01, found: 100, replaced: 3 }], attempts: Number.POSITIVE_INFINITY };
    near(tippingPoint(0.6, hanging)!, 0.0064, 0.01);
    assert.equal(tippingPoint(0.2, { ...thrown, attempts: 4 }), undefined);
  });

  it('leave a load of 1 with the longest time-out, and not with a longer one', () => {
    const hang = { chance: 0.01, found: 0, replaced: 28 };
    const faults = { service: 1, classes: [{ chance: 0.02, found: 1, replaced: 28 }, hang], attempts: 4 };
    const longest = longestTimeout(0.3, faults, hang);
    near(0.3 * overhead({ ...faults, classes: [faults.classes[0]!, { ...hang, found: longest }] }), 1, 1e-9);
  });

  it('take what a budget gives them in a storm, and no more', () => {
    const half = { service: 10, classes: [{ chance: 0.6, found: 10, replaced: 0 }], attempts: 4 };
    assert.deepEqual(storm(0.6, half, 0.4).begun, 1);
    near(storm(0.6, half, 1).begun, 1 / (1 + 0.6 + 0.36 + 0.216) / 0.6);
    near(storm(0.9, half, 0.4).begun, 0.6 / 0.9);
    near(storm(0.9, half, 0.4).fulfilled, 0.4 / 0.9);
    assert.deepEqual(storm(0.6, thrown, 1).begun, 1);
  });
});

describe('votes', () => {
  /** Every sequence of ballots, each with its chance. */
  function enumerated({ replicas, quorum, maxReplicas, corrupt, agree }: Votes): VoteOutcome {
    const total = { wrong: 0, undecided: 0, copies: 0, fewest: 0, unanimous: 0 };
    const alike = corrupt * Math.sqrt(agree);
    const cast = (ballots: string, chance: number): void => {
      const right = [...ballots].filter((ballot) => ballot === 'r').length;
      const bad = [...ballots].filter((ballot) => ballot === 'w').length;
      if (right < quorum && bad < quorum && ballots.length < maxReplicas) {
        cast(`${ballots}r`, chance * (1 - corrupt));
        cast(`${ballots}w`, chance * alike);
        cast(`${ballots}?`, chance * (corrupt - alike));
        return;
      }
      total.copies += chance * Math.max(replicas, ballots.length);
      const unanimous = ballots.length === quorum && new Set(ballots).size === 1 && ballots[0] !== '?';
      total.fewest += chance * (unanimous ? quorum : Math.max(replicas, ballots.length));
      if (unanimous) total.unanimous += chance;
      if (bad >= quorum) total.wrong += chance;
      else if (right < quorum) total.undecided += chance;
    };
    cast('', 1);
    return total;
  }

  it('end as all sequences of ballots together do', () => {
    for (const [replicas, quorum] of [
      [2, 2],
      [3, 2],
      [5, 3],
    ] as const)
      for (const agree of [0, 0.25, 1]) {
        const votes = { replicas, quorum, maxReplicas: replicas + 2, corrupt: 0.1, agree, common: 0 };
        const [got, expected] = [vote(votes), enumerated(votes)];
        for (const name of ['wrong', 'undecided', 'copies', 'fewest', 'unanimous'] as const) near(got[name], expected[name], 1e-9);
      }
  });

  it('of two of three are wrong in 3q² - 2q³, and no better than what strikes all copies', () => {
    const votes = { replicas: 3, quorum: 2, maxReplicas: 5, corrupt: 0.01, agree: 1, common: 0 };
    near(vote(votes).wrong, 3e-4 - 2e-6, 1e-9);
    const shared = vote({ ...votes, common: 0.1 }).wrong;
    assert.ok(shared > 1e-3 && shared < 1.3e-3, String(shared));
    assert.equal(replicasFor({ corrupt: 0.01, agree: 1, common: 0.1 }, 7), undefined);
    assert.equal(replicasFor({ corrupt: 1e-4, agree: 1, common: 0 }, 7), 3);
    assert.equal(replicasFor({ corrupt: 1e-8, agree: 1, common: 0 }, 7), 1);
  });
});
