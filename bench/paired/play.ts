// The process of one player: it opens its pool once, and then runs for as long as each slice says.

import type { PoolUnderTest } from '../contenders/contender.ts';
import { contenderOf } from '../contenders/index.ts';
import { answerOf, type Job } from '../work/job.ts';
import { createLedger } from '../work/ledger.ts';
import { publishSetting } from '../work/setting.ts';
import type { Scene } from './scenes.ts';
import { SCENES } from './scenes.ts';

/** What a slice came to. */
export interface Slice {
  readonly right: number;
  readonly failed: number;
  readonly wrong: number;
  readonly wallMs: number;
  readonly cpuMs: number;
}

export type Cue =
  | { readonly kind: 'open'; readonly scene: string; readonly player: string; readonly threads: number; readonly roundsPerMs: number }
  | { readonly kind: 'slice'; readonly ms: number };

/** Ids that faults are drawn for; they come again. */
const IDS = 200_000;
let next = 0;

function jobsOf({ work, faults }: Scene, roundsPerMs: number): { jobOf(id: number): Job; answer(id: number): unknown } {
  if (work === 'noop') return { jobOf: (id) => id, answer: (id) => id };
  const kind = faults === undefined ? 'busy' : 'work';
  return { jobOf: (id) => ({ kind, id, rounds: Math.round(roundsPerMs) }), answer: answerOf };
}

async function slice(scene: Scene, pool: PoolUnderTest, roundsPerMs: number, ms: number, maps: boolean): Promise<Slice> {
  const { jobOf, answer } = jobsOf(scene, roundsPerMs);
  const counts = { right: 0, failed: 0, wrong: 0 };
  const cpu = process.cpuUsage();
  const began = performance.now();
  const until = began + ms;
  const judge = (value: unknown, id: number): void => {
    if (value === answer(id)) counts.right++;
    else counts.wrong++;
  };
  if (maps) {
    let at = next;
    const jobs = (function* () {
      for (; performance.now() < until; next++) yield jobOf(next);
    })();
    for await (const value of pool.map!(jobs)) judge(value, at++);
  } else {
    const caller = async (): Promise<void> => {
      while (performance.now() < until) {
        const id = next++ % IDS;
        try {
          judge(await pool.run(jobOf(id)), id);
        } catch {
          counts.failed++;
        }
      }
    };
    await Promise.all(Array.from({ length: scene.inFlight }, caller));
  }
  const { user, system } = process.cpuUsage(cpu);
  return { ...counts, wallMs: performance.now() - began, cpuMs: (user + system) / 1000 };
}

let serve: ((ms: number) => Promise<Slice>) | undefined;

async function open({ scene: name, player: who, threads, roundsPerMs }: Cue & { kind: 'open' }): Promise<void> {
  const scene = SCENES.find((each) => each.name === name)!;
  const player = scene.players.find((each) => each.name === who)!;
  if (scene.faults !== undefined) publishSetting({ plan: scene.faults, ledger: createLedger(IDS), slowRounds: 0 });
  const { options } = player;
  const pool = await contenderOf(player.contender).start({
    threads,
    ...scene.needs,
    ...(scene.faults === undefined ? {} : { faulty: true }),
    ...(options === undefined ? {} : { holdfast: options }),
  });
  serve = (ms) => slice(scene, pool, roundsPerMs, ms, player.uses === 'map');
}

// A pool that lets an exception escape would kill a real program; here the tasks that it takes along count as not right.
process.on('uncaughtException', () => {});
process.on('unhandledRejection', () => {});
process.on('disconnect', () => process.exit(0));
process.on('message', async (cue: Cue) => {
  if (cue.kind === 'open') await open(cue);
  process.send!(cue.kind === 'open' ? 'ready' : await serve!(cue.ms));
});
