// The process of one player: it opens its pool once, and then runs for as long as each slice says.

import type { PoolUnderTest } from '../contenders/contender.ts';
import { contenderOf } from '../contenders/index.ts';
import { answerOf, type Job } from '../work/job.ts';
import { createLedger } from '../work/ledger.ts';
import { publishSetting } from '../work/setting.ts';
import type { Player, Scene } from './scenes.ts';
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

function jobsOf({ work, faults }: Scene, roundsPerMs: number): { jobOf(id: number): Job; isRight(value: unknown, id: number): boolean } {
  if (work === 'noop') return { jobOf: (id) => id, isRight: (value, id) => value === id };
  if (work === 'kilobyte' || work === 'hundred kilobytes') {
    const length = work === 'kilobyte' ? 1_000 : 100_000;
    const isRight = (value: unknown, id: number) => typeof value === 'string' && value.length === length && Number(value.slice(-10)) === id;
    return { jobOf: (id) => ({ kind: 'make', what: 'text', id, length }), isRight };
  }
  const kind = faults === undefined ? 'busy' : 'work';
  return { jobOf: (id) => ({ kind, id, rounds: Math.round(roundsPerMs) }), isRight: (value, id) => value === answerOf(id) };
}

async function slice(scene: Scene, pool: PoolUnderTest, roundsPerMs: number, ms: number, uses: Player['uses']): Promise<Slice> {
  const { jobOf, isRight } = jobsOf(scene, roundsPerMs);
  const counts = { right: 0, failed: 0, wrong: 0 };
  const cpu = process.cpuUsage();
  const began = performance.now();
  const until = began + ms;
  const judge = (value: unknown, id: number): void => {
    if (isRight(value, id)) counts.right++;
    else counts.wrong++;
  };
  const jobs = (function* () {
    // The clock costs a tenth of the fastest player's task, so it is asked for every 64th.
    for (; next % 64 !== 0 || performance.now() < until; next++) yield jobOf(next);
  })();
  if (uses === 'map') {
    let at = next;
    for await (const value of pool.map!(jobs)) judge(value, at++);
  } else if (uses === 'flood') {
    // Answers of several threads are in order each, and not among them.
    await pool.flood!(jobs, (value) => judge(value, value as number));
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
  serve = (ms) => slice(scene, pool, roundsPerMs, ms, player.uses);
}

// A pool that lets an exception escape would kill a real program; here the tasks that it takes along count as not right.
process.on('uncaughtException', () => {});
process.on('unhandledRejection', () => {});
process.on('disconnect', () => process.exit(0));
process.on('message', async (cue: Cue) => {
  if (cue.kind === 'open') await open(cue);
  process.send!(cue.kind === 'open' ? 'ready' : await serve!(cue.ms));
});
