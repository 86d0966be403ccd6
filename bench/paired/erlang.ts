import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Slice } from './play.ts';
import { PATIENCE, type Seat, type Table } from './seat.ts';

const POOL = fileURLToPath(new URL('../../../bench/contenders/erlang/pool.escript', import.meta.url));

let here: boolean | undefined;

/** Whether Erlang is installed. */
export function erlangIsHere(): boolean {
  here ??= spawnSync('escript', [], { stdio: 'ignore' }).error === undefined;
  return here;
}

/** Its pool, on the faults of the scene. It measures a millisecond of work for itself, because its loop is another. */
export async function takeErlangSeat({ scene, threads }: Table): Promise<Seat> {
  const rates = Object.entries(scene.faults?.rates ?? {});
  const [how, rate] = rates[0] ?? ['crash', 0];
  const settings = [scene.work, threads, scene.inFlight, Number(rate).toFixed(6), how].map(String);
  const child = spawn('escript', [POOL, ...settings], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const line = async (ms: number): Promise<string | undefined> => {
    try {
      const [text] = await once(lines, 'line', { signal: AbortSignal.timeout(ms + PATIENCE) });
      return text as string;
    } catch {
      return undefined;
    }
  };
  await line(0);
  return {
    slice: async (ms) => {
      const told = line(ms);
      child.stdin.write(`${ms}\n`);
      const text = await told;
      return text === undefined ? undefined : (JSON.parse(text) as Slice);
    },
    leave: () => child.kill('SIGKILL'),
  };
}
