import type { Slice } from './play.ts';
import type { Scene } from './scenes.ts';

/** Milliseconds beyond its slice after which a player hangs. */
export const PATIENCE = 20_000;

/** Where one player plays: whatever runs its pool. */
export interface Seat {
  /** What a slice of this many milliseconds came to; undefined if the player hangs. */
  slice(ms: number): Promise<Slice | undefined>;
  leave(): void;
}

export interface Table {
  readonly scene: Scene;
  readonly threads: number;
  /** Of `busy`; a millisecond of this machine. */
  readonly roundsPerMs: number;
}
