// A pool on a node, beside bare BullMQ and beside local cells, doing the same work in turn. Starts a redis-server and all programs of its own.
//   npm run bench:nodes -- [--rounds 8] [--slice 1000] [--warm 5000] [--scene 'no-op x 256']
import { parseArgs } from 'node:util';
import { startRedis } from '../../test/redis.ts';
import { about, middleRatioOf, ratioOf, ratioText } from '../paired/ratio.ts';
import { quantileOfSorted } from '../stats/quantiles.ts';
import { calibrateRounds } from '../work/busy.ts';
import type { NodeWork } from '../work/node-task.ts';
import { bullmq, type Contender, cells, nodes } from './contenders.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '8' },
    slice: { type: 'string', default: '1000' },
    /** Milliseconds that each works before anything is measured: until code on the way is compiled, the first thousands of tasks take three times as long. */
    warm: { type: 'string', default: '5000' },
    scene: { type: 'string', multiple: true },
  },
});

const A_MS = calibrateRounds();
const text = (bytes: number): NodeWork => ({ rounds: 0, text: 'x'.repeat(bytes) });
const computing = (ms: number): NodeWork => ({ rounds: Math.round(ms * A_MS), text: '' });

interface Scene {
  readonly name: string;
  readonly input: number | NodeWork;
  readonly inFlight: number;
}
const ALL: readonly Scene[] = [
  ...[1, 16, 256, 4_096].map((inFlight) => ({ name: `no-op x ${inFlight}`, input: 7, inFlight })),
  ...[1_000, 100_000, 1_000_000].map((bytes) => ({ name: `${bytes / 1_000} kB x 16`, input: text(bytes), inFlight: 16 })),
  { name: '10 MB x 4', input: text(10_000_000), inFlight: 4 },
  ...[1, 5, 20, 100].map((ms) => ({ name: `${ms} ms of CPU x 16`, input: computing(ms), inFlight: 16 })),
];
const SCENES = ALL.filter(({ name }) => values.scene?.includes(name) ?? true);

interface Slice {
  readonly rate: number;
  readonly p50: number;
}

/** Tasks that ended in the slice; what is open at its end is waited for, and not counted. */
async function slice({ run }: Contender, { input, inFlight }: Scene, ms: number): Promise<Slice> {
  const times: number[] = [];
  const begun = performance.now();
  const end = begun + ms;
  let last = begun;
  const caller = async (): Promise<void> => {
    for (let at = performance.now(); at < end; ) {
      await run(input);
      const now = performance.now();
      if (now <= end || times.length === 0) {
        times.push(now - at);
        last = now;
      }
      at = now;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, caller));
  const sorted = times.sort((a, b) => a - b);
  return { rate: times.length / ((last - begun) / 1_000), p50: quantileOfSorted(sorted, 0.5) };
}

const redis = await startRedis();
const contenders = [await nodes(redis.url), await bullmq(redis.port), await cells()];
const rounds = Number(values.rounds);
const ms = Number(values.slice);
const median = (all: readonly number[]): number =>
  quantileOfSorted(
    [...all].sort((a, b) => a - b),
    0.5,
  );

console.log(`Tasks a second, 2 threads or programs, ${rounds} rounds of ${ms} ms in turn; Node ${process.version}.\n`);
console.log('| scene | a node | BullMQ | cells | p50 a node (ms) | node / BullMQ | node / cells |');
console.log('|---|---:|---:|---:|---:|---:|---:|');
for (const one of contenders) await slice(one, { name: 'until all is warm', input: 7, inFlight: 16 }, Number(values.warm));
for (const scene of SCENES) {
  const seen = new Map(contenders.map(({ name }) => [name, [] as Slice[]]));
  for (const one of contenders) await slice(one, scene, Math.min(ms, 500)); // Warms what no other scene needs.
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? contenders : [...contenders].reverse();
    for (const one of order) seen.get(one.name)!.push(await slice(one, scene, ms));
    process.stderr.write('.');
  }
  const rates = (name: Contender['name']): number[] => seen.get(name)!.map(({ rate }) => rate);
  const compared = (other: Contender['name']): string =>
    ratioText(middleRatioOf(rates('nodes'), rates(other)) ?? ratioOf(rates('nodes'), rates(other)));
  const p50 = median(seen.get('nodes')!.map((one) => one.p50));
  const figures = contenders.map(({ name }) => about(median(rates(name))));
  console.log(`| ${scene.name} | ${figures.join(' | ')} | ${p50.toPrecision(2)} | ${compared('bullmq')} | ${compared('cells')} |`);
}
for (const one of contenders) await one.end();
await redis.stop();
