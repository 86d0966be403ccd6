import { DRAW, isDrawn, SOAK } from '../../soak.ts';

/** In which a row of the settlement matrix is played. */
export interface Cell {
  readonly threads: 1 | 3;
  readonly queue: 'empty' | 'full';
  readonly signal: boolean;
}

export const COLUMNS = [
  '1 thread',
  'with a signal',
  'full queue',
  'full queue, signal',
  '3 threads',
  'with a signal',
  'full queue',
  'full queue, signal',
] as const;

const CELLS: readonly Cell[] = ([1, 3] as const).flatMap((threads) =>
  (['empty', 'full'] as const).flatMap((queue) => [false, true].map((signal) => ({ threads, queue, signal }))),
);

/**
 * The cells of a row, in the order of the columns. Only a soak plays all eight: else each row has one, the next row another, and each run draws anew
 * which the first one has. Eight rows have every cell.
 */
export function cellsOf(row: number): readonly (Cell | undefined)[] {
  return CELLS.map((cell, at) => (SOAK || at === (DRAW + 3 * row) % CELLS.length ? cell : undefined));
}

/** Whether a row of a table is played in this run: one of three is, in a soak all. */
export const isPlayed = (row: number, table: string): boolean => isDrawn(3, row, table);

/** How many threads a row is played with that has no other columns. */
export const threadsOf = (row: number): readonly (1 | 3 | undefined)[] =>
  [1 as const, 3 as const].map((threads, at) => (SOAK || (DRAW + row) % 2 === at ? threads : undefined));
