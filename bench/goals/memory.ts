import { figureOf } from '../stats/cells.ts';
import { cellOf, type Goal, notMeasured, OURS, variantsOf, verdictOf } from './goal.ts';

const FLAT_MB = 10;

const queuedTask: Goal = {
  id: 'queued',
  goal: 'a queued small task costs at most 600 bytes beyond its payload',
  judge(cells) {
    const [variant] = variantsOf(cells, 'queued');
    const cell = variant ? cellOf(cells, 'queued', variant, OURS) : undefined;
    const bytes = figureOf(cell, 'heapBytesPerTask');
    if (bytes === undefined) return notMeasured('holdfast did not come through');
    const measured = `${bytes.toFixed(0)} bytes of heap, ${figureOf(cell, 'rssBytesPerTask')?.toFixed(0)} bytes resident, ${variant}`;
    return { verdict: verdictOf(bytes <= 600), measured };
  },
};

const flatMap: Goal = {
  id: 'map-memory',
  goal: `memory is flat through \`map\` (grows by less than ${FLAT_MB} MB from the first tenth to the end)`,
  judge(cells) {
    const [variant] = variantsOf(cells, 'map');
    const grown = variant ? figureOf(cellOf(cells, 'map', variant, OURS), 'rssGrowthMb') : undefined;
    if (grown === undefined) return notMeasured('holdfast did not come through');
    return { verdict: verdictOf(grown < FLAT_MB), measured: `${grown.toFixed(1)} MB over ${variant}` };
  },
};

const deaths: Goal = {
  id: 'deaths',
  goal: "memory over thread deaths grows no faster than Node's own threads do (within 10 % or 1 kB a death)",
  judge(cells) {
    const [variant] = variantsOf(cells, 'deaths');
    if (variant === undefined) return notMeasured('case deaths did not run');
    const perDeath = (who: string) => figureOf(cellOf(cells, 'deaths', variant, who), 'rssBytesPerDeath');
    const [ours, floor] = [perDeath(OURS), perDeath('raw threads')];
    if (ours === undefined || floor === undefined) return notMeasured('one of the two did not come through');
    const measured = `${(ours / 1000).toFixed(1)} kB a death against ${(floor / 1000).toFixed(1)} kB of bare threads, ${variant}`;
    return { verdict: verdictOf(ours <= Math.max(floor * 1.1, floor + 1_000)), measured };
  },
};

export const MEMORY_GOALS: readonly Goal[] = [queuedTask, flatMap, deaths];
