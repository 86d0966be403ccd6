import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { seeded } from '../../src/core/random.ts';
import { withoutRedis } from '../redis.ts';
import { soaked } from '../soak.ts';
import { Cluster } from './cluster.ts';
import { killManagers } from './kills.ts';

test('the manager of a durable job is killed and frozen fifty times: the job is done once, byte for byte', {
  skip: withoutRedis,
}, async (t) => {
  const seed = Number(process.env.HOLDFAST_SEED ?? randomInt(2 ** 31));
  t.diagnostic(`seed ${seed}`);
  const cluster = await Cluster.start(t);
  await Promise.all([cluster.node(), cluster.node(), cluster.node()]);
  const { killed, frozen, takeovers } = await killManagers(cluster, seeded(seed), soaked(50, 3));
  const sorted = takeovers.sort((a, b) => a - b).map(Math.round);
  t.diagnostic(
    `${killed} killed, ${frozen} frozen; another went on after ${sorted[sorted.length >> 1]} ms (p50), ${sorted.at(-1)} ms at most`,
  );
  assert.ok(killed + frozen >= soaked(50, 3));
});
