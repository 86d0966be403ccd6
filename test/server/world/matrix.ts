import { KINDS } from './sim-thread.ts';
import { MOMENTS } from './sim-threads.ts';

/** How often each kind of death has struck at each moment, as a table in Markdown. */
export function matrixOf(struck: ReadonlyMap<string, number>): string {
  const rows = KINDS.map((kind) => `| ${kind} | ${MOMENTS.map((moment) => struck.get(`${kind} ${moment}`) ?? 0).join(' | ')} |`);
  return [`| | ${MOMENTS.join(' | ')} |`, `|---|${MOMENTS.map(() => '---:|').join('')}`, ...rows].join('\n');
}

/** Where nothing has struck yet. A take-over is one by a standby; without a standby, a thread that has replayed everything comes to the first new message. */
export function missing(struck: ReadonlyMap<string, number>): string[] {
  return KINDS.flatMap((kind) => MOMENTS.map((moment) => `${kind} ${moment}`)).filter((cell) => !struck.has(cell));
}
