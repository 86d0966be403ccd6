import { SOAK } from '../../soak.ts';

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
 * The cells of a row, in the order of the columns. Only a soak plays all eight. Of the first four rows there are two that differ in everything: they
 * have each pair of settings. Of each further row there is one; eight of them have every cell.
 */
export function cellsOf(row: number): readonly (Cell | undefined)[] {
  return CELLS.map((cell) => {
    const full = (row % 2 === 1) === (cell.threads === 1);
    const signal = ((row >> 1) % 2 === 1) === (cell.threads === 1);
    const turn = row < 4 || ((row >> 2) % 2 === 1) === (cell.threads === 1);
    return SOAK || (turn && (cell.queue === 'full') === full && cell.signal === signal) ? cell : undefined;
  });
}

/** How many threads a row is played with that has no other columns. */
export const threadsOf = (row: number): readonly (1 | 3 | undefined)[] =>
  [1 as const, 3 as const].map((threads, at) => (SOAK || row % 2 === at ? threads : undefined));
