import type { Climate } from './climate.ts';

/** Where threads live: in the process of their pool or in others, and how many may run at a time. */
export class Home {
  readonly place: 'pool' | 'escalation';
  /** In other processes: what they send comes later, and cannot be read ahead. */
  readonly remote: boolean;
  readonly threads: number;
  /** Attempts that run now, on threads whose end the pool has not asked for. */
  running = 0;

  constructor(place: 'pool' | 'escalation', remote: boolean, threads: number) {
    this.place = place;
    this.remote = remote;
    this.threads = threads;
  }
}

export function homeOf(place: Home['place'], { pool, remote }: Climate): Home {
  return place === 'pool' ? new Home(place, remote, pool.threads) : new Home(place, true, pool.cells ?? 1);
}
