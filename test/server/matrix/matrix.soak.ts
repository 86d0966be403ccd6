import { after, describe, it } from 'node:test';
import { soaked } from '../../soak.ts';
import { exists, KINDS, MODES, MOMENTS, misbehaves } from './cell.ts';

const cells = KINDS.flatMap((kind) => MOMENTS.flatMap((moment) => MODES.map((way) => ({ kind, moment, way })))).filter(({ moment, way }) =>
  exists(moment, way),
);
/** A part of the matrix takes every n-th of it. */
const step = Math.ceil(cells.length / soaked(cells.length));
const seen = new Map<string, number>();

describe('every failure kind of the settlement matrix, at every moment, in every mode', () => {
  for (const { kind, moment, way } of cells.filter((_, i) => i % step === 0)) {
    it(`a server that ${kind.fault} (${moment}, ${way})`, async () => {
      const came = await misbehaves(kind, moment, way);
      seen.set(came, (seen.get(came) ?? 0) + 1);
    });
  }
  after(() => console.log(`of ${cells.length} cells: ${JSON.stringify(Object.fromEntries(seen))}`));
});
