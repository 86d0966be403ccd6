import assert from 'node:assert/strict';
import type { MemoryBroker } from '../../../src/executors/nodes/link/memory-broker.ts';
import { further } from '../../soak.ts';
import type { Climate } from './climate.ts';
import { STEADY } from './climates/steady.ts';
import { simulated } from './seeds.ts';
import type { World } from './world.ts';

const NODES = 1_000;
/** Milliseconds in which it is counted, and from when: by then all nodes serve the pool. */
const [FROM, FOR] = [3_000, 2_000];

const quiet = (drawn: Climate): Climate => ({
  ...drawn,
  ...STEADY,
  pool: { ...drawn.pool, threads: NODES, spares: 0, redundancy: false, timeout: { run: Number.POSITIVE_INFINITY } },
  nodes: { ...drawn.nodes, silence: 2_000, spread: 'prefer' },
  fleet: Array.from({ length: NODES }, () => ({ threads: 1, domain: undefined, version: undefined, lies: false })),
  duration: 10,
  load: 0.5,
  tasks: 520,
  window: 100,
  burst: 1,
  clocksApart: 3_600_000,
});

/** Counts what a broker is asked between two moments: by what is asked, and bytes. */
function count({ base, broker }: World, asked: Map<string, number>): void {
  const methods = ['announce', 'watch', 'send', 'renew'] as const;
  const counted = (name: (typeof methods)[number]): void => {
    const method = broker[name] as (...args: unknown[]) => unknown;
    Object.assign(broker, {
      [name](this: MemoryBroker, ...args: unknown[]) {
        const now = base.now();
        if (now >= FROM && now < FROM + FOR) {
          asked.set(name, (asked.get(name) ?? 0) + 1);
          const bytes = args.find((one): one is Uint8Array => one instanceof Uint8Array)?.byteLength ?? 0;
          asked.set('bytes', (asked.get('bytes') ?? 0) + bytes);
        }
        return method.apply(this, args);
      },
    });
  };
  for (const name of methods) counted(name);
}

further(`${NODES} nodes beat beside a pool: none is held to be lost, and what the broker is asked grows with them alone`, async (t) => {
  const asked = new Map<string, number>();
  const cpu = process.cpuUsage();
  const { violation, counts, time } = await simulated({ seed: 1, climate: quiet, play: (world) => count(world, asked) });
  const { user } = process.cpuUsage(cpu);
  assert.equal(violation, undefined);
  const seen = counts as Record<string, number>;
  assert.ok(seen['event:nodeUp']! >= NODES);
  assert.deepEqual(
    Object.keys(seen).filter((name) => name.startsWith('down:')),
    [],
  );
  const perSecond = (name: string): number => (asked.get(name) ?? 0) / (FOR / 1_000);
  // Four beats a second of each node, and a frame with each of them in both directions.
  assert.ok(perSecond('announce') <= 4.1 * NODES && perSecond('announce') >= 3.5 * NODES);
  assert.ok(perSecond('send') <= 2 * 4.1 * NODES + 200 && perSecond('send') >= 2 * 3.5 * NODES);
  const text = ['announce', 'send', 'watch', 'renew', 'bytes'].map((name) => `${name} ${Math.round(perSecond(name))}`).join(', ');
  t.diagnostic(`a second: ${text}; ${Math.round(time / 1_000)} s simulated in ${(user / 1e6).toFixed(1)} s of CPU`);
});
