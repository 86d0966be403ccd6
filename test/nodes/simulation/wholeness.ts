import type { PoolParts } from '../../../src/pool/compose.ts';
import { healthOf } from '../../../src/pool/view/stats.ts';
import type { Truth } from './truth.ts';
import type { Witness } from './witness.ts';
import type { World } from './world.ts';

/** What an idle pool lacks; `undefined` if it is whole. */
export function lacks(parts: PoolParts): string | undefined {
  const { roster } = parts.routes.main;
  const empty = roster.slots.filter((thread, slot) => roster.isWanted(slot) && thread?.phase !== 'serving').length;
  if (empty > 0 || roster.size === 0) return `${empty} of ${roster.size} slots are empty`;
  const { size, sparesMost } = roster;
  const offered = parts.nodes!.executor!.capacity.offered;
  if (parts.options.threads.max === Number.POSITIVE_INFINITY && size + sparesMost !== offered)
    return `it has ${size} slots and ${sparesMost} spares, and the nodes offer ${offered}`;
  const health = healthOf(parts);
  return health === 'ok' ? undefined : `its health is ${health}`;
}

export function describeOpen({ truths }: Witness): string {
  const open = truths.filter(({ outcome }) => outcome === undefined);
  const some = open.slice(0, 5).map(({ uid, starts }: Truth) => `${uid} (started ${starts.length} times, last ${starts.at(-1)?.fate})`);
  return `${open.length} tasks are open: ${some.join(', ')}`;
}

/** Milliseconds in which what is open settles, once nothing goes wrong any more. */
export function boundOf({ climate, witness }: World): number {
  const { runLimit, duration, scatter, retries, latency, nodes } = climate;
  const longest = duration * (1 + scatter);
  const run = Number.isFinite(runLimit) ? runLimit : longest;
  const work = witness.open * 5 * (longest + 4 * latency + 2);
  return 3 * ((1 + retries) * (run + 4_000) + 20_000 + 4 * nodes.silence + work);
}
