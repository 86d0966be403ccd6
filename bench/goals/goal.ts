import { CONTENDERS, IDEAL } from '../contenders/index.ts';
import type { Cell, FigureName, GoalResult, Verdict } from '../results.ts';
import { figureOf } from '../stats/cells.ts';

/** Whose goals these are. */
export const OURS = 'holdfast';

export interface Goal {
  readonly id: string;
  readonly goal: string;
  judge(cells: readonly Cell[]): Omit<GoalResult, 'id' | 'goal'>;
}

export const notMeasured = (why: string): ReturnType<Goal['judge']> => ({ verdict: 'not measured', measured: why });

export const verdictOf = (reached: boolean): Verdict => (reached ? 'pass' : 'short');

export const cellsWhere = (cells: readonly Cell[], name: string, variant?: RegExp): Cell[] =>
  cells.filter((cell) => cell.case === name && (!variant || variant.test(cell.variant)));

export const variantsOf = (cells: readonly Cell[], name: string, variant?: RegExp): string[] => [
  ...new Set(cellsWhere(cells, name, variant).map((cell) => cell.variant)),
];

export const cellOf = (cells: readonly Cell[], name: string, variant: string, contender: string): Cell | undefined =>
  cells.find((cell) => cell.case === name && cell.variant === variant && cell.contender === contender);

/** The other contenders of a variant that came through it; the closed form and the bare threads do not count as contenders. */
export const othersOf = (cells: readonly Cell[], name: string, variant: string): Cell[] => {
  const names = new Set(CONTENDERS.map((each) => each.name).filter((each) => each !== OURS && each !== IDEAL));
  return cells.filter((cell) => cell.case === name && cell.variant === variant && cell.status === 'ok' && names.has(cell.contender));
};

/** The best of some cells by a figure; undefined when none has it. */
export function bestBy(cells: readonly Cell[], figure: FigureName, better: 'high' | 'low'): Cell | undefined {
  const sign = better === 'high' ? -1 : 1;
  return cells
    .filter((cell) => figureOf(cell, figure) !== undefined)
    .sort((a, b) => sign * (figureOf(a, figure)! - figureOf(b, figure)!))[0];
}
