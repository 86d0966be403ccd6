import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Server, type ServerOptions, startServer } from '../../../src/server/index.ts';
import type { Kind, Moment } from '../fixtures/mortal.ts';
import { until } from '../stage.ts';

type Mortal = typeof import('../fixtures/mortal.ts');

export type { Kind, Moment };

/** Kinds that cost the process, and one that costs the thread only together with it. */
export const HARD: readonly Kind[] = ['SIGSEGV', 'SIGKILL', 'abort', 'blocks'];
export const SOFT: readonly Kind[] = ['throw', 'exit', 'oom', 'loop'];
export const MOMENTS: readonly Moment[] = ['idle', 'handler', 'snapshot', 'replay', 'take-over', 'close'];

export const WAYS = {
  init: { recover: 'init' },
  replay: {},
  standby: { standby: 1 },
  replicas: { replicas: 3 },
} as const satisfies Record<string, Partial<ServerOptions<Mortal>>>;
export type Way = keyof typeof WAYS;

/** Whether the moment exists: where nothing is kept, nothing is copied or replayed; a thread that is idle neither throws nor loops of itself. */
export function exists(kind: Kind, moment: Moment, way: Way): boolean {
  if (way === 'init' && ['snapshot', 'replay', 'take-over'].includes(moment)) return false;
  return moment !== 'idle' || kind === 'SIGKILL' || kind === 'SIGSEGV';
}

/** One real server, one real death. Each call settles once, and the state afterwards is what the answered messages make of it. */
export async function dies(isolation: 'thread' | 'process', kind: Kind, moment: Moment, way: Way): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-mortal-'));
  const server = await startServer<Mortal>({
    filename: new URL('../fixtures/mortal.js', import.meta.url),
    isolation,
    workerData: { folder, kind },
    snapshotEvery: 4,
    ...(kind === 'loop' || kind === 'blocks' ? { handlerTimeout: 400 } : { handlerTimeout: 30_000, startTimeout: 60_000 }),
    terminateTimeout: 200,
    callTimeout: 60_000,
    restart: { intensity: 100, minTimeout: 0 },
    resourceLimits: { maxOldGenerationSizeMb: 48 },
    ...WAYS[way],
  });
  const answered: number[] = [];
  let settled = 0;
  const give = async (n: number): Promise<void> => {
    await server.call('give', n).then(
      () => answered.push(n),
      () => {},
    );
    settled++;
  };
  try {
    for (let n = 1; n <= 6; n++) await give(n);
    if (moment === 'take-over' || moment === 'replay') await order(folder, moment, () => server.call('die'));
    else if (moment === 'idle') await killIdle(server, kind as 'SIGKILL');
    else writeFileSync(`${folder}/${moment}`, '');
    if (moment !== 'close') await Promise.all([7, 8, 9, 10, 11, 12].map(give));
    else await Promise.all([give(7), server.stop({ timeout: 10_000 })]);
    assert.equal(settled, moment === 'close' ? 7 : 12, 'each call settles once');
    if (moment === 'close' || way === 'init') return;
    const { given, sum } = await server.call('all');
    assert.deepEqual(given, answered, 'the state is what was answered');
    assert.equal(
      sum,
      answered.reduce((all, n) => all + n, 0),
      'and nothing in it is half done',
    );
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}

/** First another death, then the one that is ordered strikes those that come after. */
async function order(folder: string, moment: Moment, die: () => Promise<unknown>): Promise<void> {
  writeFileSync(`${folder}/${moment}`, '');
  await die().catch(() => {});
}

async function killIdle(server: Server<Mortal>, signal: NodeJS.Signals): Promise<void> {
  const before = server.status().restarts;
  process.kill(server.status().threads[0]!.pid!, signal);
  await until(() => server.status().restarts > before);
}
