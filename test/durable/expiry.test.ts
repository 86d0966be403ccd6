import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { parseBrokerUrl } from '../../src/core/broker/broker-url.ts';
import { connect } from '../../src/durable/connect.ts';
import { startRedis, withoutRedis } from '../redis.ts';

test('what BullMQ keeps of a job that was taken has an expiry, even if its manager and its command die at that moment', {
  skip: withoutRedis,
}, async (t) => {
  const redis = await startRedis();
  t.after(() => redis.stop());
  const manager = fork(new URL('../fixtures/programs/takes-a-job.js', import.meta.url), [redis.url]);
  t.after(() => manager.kill('SIGKILL'));
  assert.deepEqual(await once(manager, 'message'), ['job', undefined]);
  manager.kill('SIGKILL');
  await once(manager, 'exit');
  const client = await connect(parseBrokerUrl(redis.url));
  t.after(() => client.disconnect());
  const keys = await client.keys('*');
  assert.notEqual(keys.length, 0);
  const lasting = await Promise.all(keys.map(async (key) => ((await client.pttl(key)) === -1 ? [key] : [])));
  assert.deepEqual(lasting.flat(), []);
});
