import type { Cell } from '../results.ts';
import { figureOf } from '../stats/cells.ts';
import { bestBy, cellOf, type Goal, notMeasured, OURS, othersOf, variantsOf, verdictOf } from './goal.ts';

const LOSSES = ['lost', 'wrong', 'duplicated', 'innocentsFailed'] as const;
const losesNothing = (cell: Cell): boolean => cell.status === 'ok' && LOSSES.every((name) => (figureOf(cell, name) ?? 0) === 0);
const list = (parts: readonly string[], most: number = 6): string =>
  parts.slice(0, most).join(', ') + (parts.length > most ? ` and ${parts.length - most} more` : '');

const share: Goal = {
  id: 'faults-share',
  goal: 'under every fault class and rate: goodput at least 0.9 of the ideal (aim: 0.95)',
  judge(cells) {
    const shares = variantsOf(cells, 'faults').map((variant) => ({
      variant,
      share: figureOf(cellOf(cells, 'faults', variant, OURS), 'shareOfIdeal') ?? 0,
    }));
    if (shares.length === 0 || shares.every((each) => each.share === 0)) return notMeasured('holdfast did not run under faults');
    const short = shares.filter((each) => each.share < 0.9).sort((a, b) => a.share - b.share);
    const aimed = shares.filter((each) => each.share >= 0.95).length;
    const tail = short.length > 0 ? `; short: ${list(short.map((each) => `${each.variant} ${each.share.toFixed(2)}`))}` : '';
    const measured = `${shares.length - short.length} of ${shares.length} at 0.9 or more, ${aimed} at 0.95 or more${tail}`;
    return { verdict: verdictOf(short.length === 0), measured };
  },
};

const ahead: Goal = {
  id: 'faults-ahead',
  goal: 'under every fault class and rate: ahead of every contender that loses nothing',
  judge(cells) {
    const variants = variantsOf(cells, 'faults').filter((variant) => cellOf(cells, 'faults', variant, OURS));
    if (variants.length === 0) return notMeasured('holdfast did not run under faults');
    const behind = variants.flatMap((variant) => {
      const rival = bestBy(othersOf(cells, 'faults', variant).filter(losesNothing), 'goodput', 'high');
      const ours = figureOf(cellOf(cells, 'faults', variant, OURS), 'goodput') ?? 0;
      return rival && ours < figureOf(rival, 'goodput')!
        ? [`${variant} ${(ours / figureOf(rival, 'goodput')!).toFixed(2)} x ${rival.contender}`]
        : [];
    });
    const tail = behind.length > 0 ? `; behind: ${list(behind)}` : '';
    return {
      verdict: verdictOf(behind.length === 0),
      measured: `ahead in ${variants.length - behind.length} of ${variants.length}${tail}`,
    };
  },
};

const nothingLost: Goal = {
  id: 'faults-nothing-lost',
  goal: 'in every case: lost, wrong, duplicated, innocents failed, uncaught in main, hung: 0',
  judge(cells) {
    // Without redundancy a corrupt answer cannot be recognized, so that one variant cannot be held against anyone.
    const ours = cells.filter((cell) => cell.contender === OURS && !(cell.case === 'redundancy' && cell.variant === 'off'));
    if (ours.length === 0) return notMeasured('holdfast did not run');
    const bad = ours.flatMap((cell) => [
      ...(cell.status === 'ok' ? [] : [`${cell.case} ${cell.variant} ${cell.status}`]),
      ...[...LOSSES, 'uncaught' as const]
        .filter((name) => (figureOf(cell, name) ?? 0) > 0)
        .map((name) => `${cell.case} ${cell.variant}: ${figureOf(cell, name)} ${name}`),
    ]);
    return { verdict: verdictOf(bad.length === 0), measured: bad.length === 0 ? `0 in ${ours.length} variants` : list(bad) };
  },
};

const takeover: Goal = {
  id: 'takeover',
  goal: 'take-over of a dead slot by its spare, a core free: under 2 ms p50',
  judge(cells) {
    const [variant] = variantsOf(cells, 'takeover');
    const cell = variant ? cellOf(cells, 'takeover', variant, OURS) : undefined;
    const ms = figureOf(cell, 'takeoverMs');
    if (ms === undefined) return notMeasured('holdfast did not come through');
    const measured = `${ms.toFixed(2)} ms from the exit event, ${figureOf(cell, 'takeoverFromDeathMs')?.toFixed(1)} ms from the last instruction`;
    return { verdict: verdictOf(ms < 2), measured };
  },
};

/** The worst round of each counts: who hedges wants it every time. */
const stragglers: Goal = {
  id: 'stragglers',
  goal: '1 % of the tasks 50 times slower, hedged: p99.9 at least 5 times lower, at no more than 5 % extra load, in every round',
  judge(cells) {
    const cell = (variant: string): Cell | undefined => cellOf(cells, 'stragglers', variant, OURS);
    const off = cell('slow place, no hedge')?.figures.p999;
    const on = cell('slow place, hedge after p95')?.figures.p999;
    // The quick run has no tasks that are slow themselves.
    const loads = ['slow place, hedge after p95', 'slow task, hedge after p95'].map(
      (variant) => cell(variant)?.figures.extraLoad?.high ?? 0,
    );
    if (off === undefined || on === undefined) return notMeasured('case stragglers did not run');
    const gain = off.low / on.high;
    const percent = (share: number | undefined): string => `${(share! * 100).toFixed(1)} %`;
    const inTask = cell('slow task, hedge after p95') ? `, and ${percent(loads[1])} where the task is slow` : '';
    return {
      verdict: verdictOf(gain >= 5 && Math.max(...loads) <= 0.05),
      measured: `${gain.toFixed(1)} x at worst, ${(off.median / on.median).toFixed(1)} x in the middle; extra load at most ${percent(loads[0])}${inTask}`,
    };
  },
};

export const FAULT_GOALS: readonly Goal[] = [share, ahead, nothingLost, takeover, stragglers];
