import type { FigureName } from '../results.ts';
import { figureOf } from '../stats/cells.ts';
import { cellsWhere, type Goal, notMeasured, verdictOf } from './goal.ts';

/** A figure of one case held against a bound, in every variant of that pattern. A variant that did not come through counts as short. */
function boundGoal(
  id: string,
  goal: string,
  name: string,
  variant: RegExp,
  figure: FigureName,
  isReached: (value: number) => boolean,
): Goal {
  return {
    id,
    goal,
    judge(cells) {
      const found = cellsWhere(cells, name, variant).map((cell) => ({ of: cell.variant, value: figureOf(cell, figure) }));
      if (found.length === 0) return notMeasured(`case ${name} did not run`);
      const measured = found.map(({ of, value }) => `${of}: ${value?.toFixed(2) ?? 'none'}`).join(', ');
      return { verdict: verdictOf(found.every(({ value }) => value !== undefined && isReached(value))), measured };
    },
  };
}

export const SERVER_GOALS: readonly Goal[] = [
  boundGoal(
    'server-calls',
    'a server with replay, 16 in flight: at least 0.8 of the calls of a bare thread',
    'servers',
    /^replay, 16 /,
    'ofBare',
    (share) => share >= 0.8,
  ),
  boundGoal(
    'server-p50',
    'a server with replay, one call at a time: p50 within 1.25 x of a bare thread',
    'servers',
    /^replay, 1 /,
    'p50OfBare',
    (ratio) => ratio <= 1.25,
  ),
  boundGoal(
    'server-replicas',
    'a server with three replicas: at least 0.25 of the calls of a bare thread',
    'servers',
    /^three replicas/,
    'ofBare',
    (share) => share >= 0.25,
  ),
  boundGoal(
    'server-takeover',
    'take-over of a server by its standby: under 2 ms p50, in ms',
    'server-takeover',
    /./,
    'takeoverMs',
    (ms) => ms < 2,
  ),
];
