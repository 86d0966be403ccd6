import { describe, it } from 'node:test';
import { soaked } from '../../soak.ts';
import { dies, exists, HARD, MOMENTS, SOFT, WAYS, type Way } from './deaths.ts';

const cells = (['thread', 'process'] as const)
  .flatMap((isolation) =>
    (isolation === 'process' ? [...SOFT, ...HARD] : [...SOFT, 'blocks' as const]).flatMap((kind) =>
      MOMENTS.flatMap((moment) => (Object.keys(WAYS) as Way[]).map((way) => [isolation, kind, moment, way] as const)),
    ),
  )
  .filter(([isolation, kind, moment, way]) => exists(kind, moment, way) && !(isolation === 'thread' && moment === 'idle'));
/** A part of the matrix takes every n-th of it. */
const step = Math.ceil(cells.length / soaked(cells.length));

describe('a real death of every kind, at every moment, in every way', () => {
  for (const [isolation, kind, moment, way] of cells.filter((_, i) => i % step === 0))
    it(`${isolation}: ${kind} (${moment}, ${way})`, () => dies(isolation, kind, moment, way));
});
