import { calibrateRounds } from '../work/busy.ts';
import type { Slice } from './play.ts';
import type { Scene } from './scenes.ts';
import type { Seat } from './seat.ts';
import { isHere, isWholeProgram, takeSeat } from './seats.ts';

/** One round of a scene: what each player's slices came to, in the order of the players. */
export interface Round {
  readonly scene: string;
  readonly node: string;
  readonly slices: Readonly<Record<string, readonly Slice[]>>;
  readonly hung: readonly string[];
}

/**
 * Plays rounds of a scene: each player opens once, and then in each round one after the other has a slice, there and back again (A B C C B A), so that
 * what drifts meanwhile weighs on all alike.
 */
export async function playRounds(
  scene: Scene,
  { rounds, ms, threads, done }: { rounds: number; ms: number; threads: number; done(round: Round): void },
): Promise<void> {
  const players = scene.players.filter(isHere);
  const seats = new Map<string, Seat>();
  const hung = new Set<string>();
  try {
    const roundsPerMs = isWholeProgram(scene) ? 0 : calibrateRounds(3);
    for (const player of players) {
      const seat = await takeSeat(player, { scene, threads, roundsPerMs });
      seats.set(player.name, seat);
      if (!isWholeProgram(scene)) await seat.slice(Math.max(500, ms / 2)); // Compiled code is what is compared.
    }
    for (let round = 0; round < rounds; round++) {
      const order = round % 2 === 0 ? players : [...players].reverse();
      const slices: Record<string, Slice[]> = {};
      for (const { name } of [...order, ...[...order].reverse()]) {
        if (hung.has(name)) continue;
        const slice = await seats.get(name)!.slice(ms);
        if (slice === undefined) hung.add(name);
        else slices[name] = [...(slices[name] ?? []), slice];
      }
      done({ scene: scene.name, node: process.version, slices, hung: [...hung] });
    }
  } finally {
    for (const seat of seats.values()) seat.leave();
  }
}
