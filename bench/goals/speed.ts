import { figureOf } from '../stats/cells.ts';
import { bestBy, cellOf, type Goal, notMeasured, OURS, othersOf, variantsOf, verdictOf } from './goal.ts';

const k = (value: number): string => `${(value / 1000).toFixed(1)} k/s`;
const times = (value: number): string => `${value.toFixed(2)} x`;

/** Two medians of one run closer than this are not told apart: that is how far equal contenders lie from each other. */
const NOISE = 0.02;

/** Our throughput over that of a named contender, or of the fastest other one. */
function ratioGoal(id: string, goal: string, name: string, variant: RegExp, against: string | undefined, atLeast: number): Goal {
  return {
    id,
    goal,
    judge(cells) {
      const [found] = variantsOf(cells, name, variant);
      if (!found) return notMeasured(`case ${name} did not run`);
      const rivals = othersOf(cells, name, found).filter((cell) => !against || cell.contender === against);
      const rival = bestBy(rivals, 'tasksPerSecond', 'high');
      const [ours, theirs] = [figureOf(cellOf(cells, name, found, OURS), 'tasksPerSecond'), figureOf(rival, 'tasksPerSecond')];
      if (ours === undefined || theirs === undefined) return notMeasured('one of the two did not come through');
      const measured = `${times(ours / theirs)}: ${k(ours)} against ${k(theirs)} (${rival!.contender}), ${found}`;
      return { verdict: verdictOf(ours / theirs >= atLeast), measured };
    },
  };
}

const sequential: Goal = {
  id: 'sequential',
  goal: 'sequential run: p50 within 1.25 x of bare Piscina',
  judge(cells) {
    const [variant] = variantsOf(cells, 'sequential');
    const p50 = (who: string) => (variant ? figureOf(cellOf(cells, 'sequential', variant, who), 'p50') : undefined);
    const [ours, theirs] = [p50(OURS), p50('piscina')];
    if (ours === undefined || theirs === undefined) return notMeasured('one of the two did not come through');
    const measured = `${times(ours / theirs)}: ${(ours * 1000).toFixed(0)} µs against ${(theirs * 1000).toFixed(0)} µs`;
    return { verdict: verdictOf(ours / theirs <= 1.25), measured };
  },
};

const AT_LEAST_1_MS = /^(1|5|10|100) ms$/;
const AT_LEAST_5_MS = /^(5|10|100) ms$/;

const cpuFastest: Goal = {
  id: 'cpu-fastest',
  goal: `tasks of 1 ms and more, no faults: as fast as the fastest contender (within ${NOISE * 100} %)`,
  judge(cells) {
    const ratios = variantsOf(cells, 'cpu', AT_LEAST_1_MS).map((variant) => {
      const best = bestBy(othersOf(cells, 'cpu', variant), 'goodput', 'high');
      const ours = figureOf(cellOf(cells, 'cpu', variant, OURS), 'goodput');
      return { variant, who: best?.contender, ratio: ours === undefined || !best ? Number.NaN : ours / figureOf(best, 'goodput')! };
    });
    if (ratios.length === 0 || ratios.some(({ ratio }) => Number.isNaN(ratio))) return notMeasured('a contender or a length is missing');
    const measured = ratios.map(({ variant, ratio, who }) => `${variant}: ${times(ratio)} of ${who}`).join(', ');
    return { verdict: verdictOf(ratios.every(({ ratio }) => ratio >= 1 - NOISE)), measured };
  },
};

const cpuShare: Goal = {
  id: 'cpu-share',
  goal: 'tasks of 5 ms and more, no faults: 0.98 of threads over service time',
  judge(cells) {
    const shares = variantsOf(cells, 'cpu', AT_LEAST_5_MS).map((variant) => ({
      variant,
      share: figureOf(cellOf(cells, 'cpu', variant, OURS), 'shareOfIdeal'),
    }));
    if (shares.length === 0 || shares.some(({ share }) => share === undefined)) return notMeasured('a length is missing');
    const measured = shares.map(({ variant, share }) => `${variant}: ${share!.toFixed(3)}`).join(', ');
    return { verdict: verdictOf(shares.every(({ share }) => share! >= 0.98)), measured };
  },
};

const mixed: Goal = {
  id: 'mixed',
  goal: '99 % of 50 µs with 1 % of 200 ms: p99 of the short ones no worse than the best contender (within 5 %)',
  judge(cells) {
    const found = variantsOf(cells, 'mixed').map((variant) => {
      const best = bestBy(othersOf(cells, 'mixed', variant), 'p99', 'low');
      return { variant, who: best?.contender, ours: figureOf(cellOf(cells, 'mixed', variant, OURS), 'p99'), theirs: figureOf(best, 'p99') };
    });
    if (found.length === 0 || found.some(({ ours, theirs }) => ours === undefined || theirs === undefined))
      return notMeasured('a contender is missing');
    const measured = found
      .map(({ variant, who, ours, theirs }) => `${variant}: ${ours!.toFixed(1)} ms against ${theirs!.toFixed(1)} ms (${who})`)
      .join(', ');
    return { verdict: verdictOf(found.every(({ ours, theirs }) => ours! <= theirs! * 1.05)), measured };
  },
};

export const SPEED_GOALS: readonly Goal[] = [
  ratioGoal('noop-piscina', 'no-op, 256 in flight: at least 8 x bare Piscina', 'noop', /^256 /, 'piscina', 8),
  ratioGoal('noop-others', 'no-op, 256 in flight: at least 3 x the fastest other contender', 'noop', /^256 /, undefined, 3),
  ratioGoal('map', '`map` over no-ops: at least 20 x bare Piscina', 'map', /items$/, 'piscina', 20),
  sequential,
  cpuFastest,
  cpuShare,
  mixed,
];
