import type { Random } from '../../../../src/core/random.ts';
import { Dice } from '../../../simulation/world/dice.ts';
import type { Climate, NodeKind } from '../climate.ts';

/** A climate in which one protection is all that keeps a promise: beside other weather, what it prevents would have its excuse. */
type Focus = (climate: Climate, dice: Dice) => Partial<Climate>;

/** Nothing goes wrong, and tasks come evenly over this time. */
function calm(climate: Climate, span: number, tasks: number, duration = climate.duration): Partial<Climate> {
  return {
    every: {},
    frames: {},
    crashes: 0,
    hangs: 0,
    large: 0,
    duration,
    tasks,
    burst: 1,
    window: Math.max(climate.window, 20),
    load: (tasks * duration) / (2 * span),
  };
}

/** Tasks may run for ever. */
const unlimited = ({ pool }: Climate): Partial<Climate> => ({
  runLimit: Number.POSITIVE_INFINITY,
  pool: { ...pool, timeout: { run: Number.POSITIVE_INFINITY } },
});

const single = (extra: Partial<NodeKind> = {}): NodeKind => ({ threads: 1, domain: undefined, version: undefined, lies: false, ...extra });

const FOCI: Readonly<Record<string, Focus>> = {
  /** Longer than anything lives at the broker that is not renewed. */
  quiet: (climate) => ({
    ...calm(climate, 90_000, 60),
    nodes: { ...climate.nodes, brokerTimeout: 20_000 },
    beat: 250,
    runLimit: climate.runLimit,
  }),
  /** Nothing but a broker that stands still, for longer than a node may be silent. */
  frozenBroker: (climate) => ({ ...calm(climate, 60_000, 100), every: { brokerFreeze: 8_000 }, longest: 15_000 }),
  /** Nodes are lost that have been sent what lies beside the channel, and will not fetch it. */
  lostWithLarge: (climate, dice) => ({
    ...calm(climate, 20_000, 80, dice.log(10, 300)),
    ...unlimited(climate),
    every: { powerCut: 3_000, cut: 3_000 },
    longest: 8_000,
    large: 0.3,
  }),
  /** Copies, one node that lies, and a network that lets it come back. */
  liar: (climate, dice) => ({
    ...calm(climate, 30_000, 120),
    pool: { ...climate.pool, threads: 5, spares: 0, redundancy: 3 },
    nodes: { ...climate.nodes, spread: 'require' },
    votes: true,
    once: 0,
    throws: 0,
    fleet: Array.from({ length: 6 }, (_, n) => single({ lies: n === 0 })),
    every: dice.chance(0.7) ? { cut: 2_000 } : {},
    longest: 10_000,
  }),
  /** Nodes that stand still, or hear nothing, for a while, in the middle of long tasks. */
  woken: (climate, dice) => ({
    ...calm(climate, 40_000, 100, dice.log(500, 5_000)),
    ...unlimited(climate),
    every: { stop: 4_000, cut: 6_000 },
    longest: 8_000,
  }),
};

/** Copies that must not meet, on nodes of several threads: their domain alone keeps them apart. */
const neighbours: Focus = (climate, dice) => {
  const copies = dice.whole(2, 3);
  const racks = dice.chance(0.5);
  return {
    ...calm(climate, 20_000, 120),
    pool: { ...climate.pool, threads: 8, spares: 0, redundancy: copies },
    nodes: { ...climate.nodes, spread: 'require' },
    votes: true,
    once: 0,
    throws: 0,
    fleet: Array.from({ length: 4 }, (_, n) => single({ threads: 2, domain: racks && copies === 2 ? `rack ${n % 2}` : undefined })),
    every: dice.chance(0.5) ? { cut: 5_000 } : {},
    longest: 5_000,
  };
};

/** In some seeds all looks at one protection. Drawn from a stream of its own, so that all others stay as they are; `neighbours` came later, and last. */
export function withFocus(climate: Climate, random: Random): Climate {
  const dice = new Dice(random);
  const focus = dice.chance(0.2) ? FOCI[dice.pick(Object.keys(FOCI))] : dice.chance(0.1) ? neighbours : undefined;
  return focus === undefined ? climate : { ...climate, ...focus(climate, dice) };
}
