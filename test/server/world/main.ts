import { parseArgs } from 'node:util';
import { matrixOf } from './matrix.ts';
import { MODES, type Mode, simulate } from './simulate.ts';

// node dist/test/server/world/main.js --seeds 100 --messages 300 [--mode replicas] [--seed 7]
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    messages: { type: 'string', default: '300' },
    mode: { type: 'string' },
    seed: { type: 'string' },
    matrix: { type: 'boolean', default: false },
  },
});
const first = values.seed === undefined ? 1 : Number(values.seed);
const count = values.seed === undefined ? Number(values.seeds) : 1;
const modes = values.mode === undefined ? MODES : [values.mode as Mode];
for (const mode of modes) {
  const struck = new Map<string, number>();
  const total = { messages: 0, answered: 0, rejected: 0, deaths: 0, spoiled: 0, convictions: 0, wrong: 0 };
  for (let seed = first; seed < first + count; seed++) {
    const outcome = await simulate(seed, mode, Number(values.messages));
    for (const [cell, times] of outcome.struck) struck.set(cell, (struck.get(cell) ?? 0) + times);
    for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += outcome[key];
  }
  console.log(`${mode}: ${JSON.stringify(total)}`);
  if (values.matrix) console.log(matrixOf(struck));
}
