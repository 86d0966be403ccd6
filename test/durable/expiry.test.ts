import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBrokerUrl } from '../../src/core/broker/broker-url.ts';
import { connect } from '../../src/durable/connect.ts';
import { JobKeys } from '../../src/durable/keys.ts';
import { JobQueue, JobSource } from '../../src/durable/queue.ts';
import { startRedis, withoutRedis } from '../redis.ts';

test('what BullMQ keeps of a job that was taken has an expiry, even if its manager and its command die at that moment', {
  skip: withoutRedis,
}, async (t) => {
  const redis = await startRedis();
  t.after(() => redis.stop());
  const client = await connect(parseBrokerUrl(redis.url));
  const clients = [client];
  const duplicate = client.duplicate.bind(client);
  // BullMQ waits on a connection of its own, which a manager's process ends with itself.
  client.duplicate = (...options) => {
    const copy = duplicate(...options);
    clients.push(copy);
    return copy;
  };
  t.after(() => {
    for (const one of clients) one.disconnect();
  });
  const { prefix } = new JobKeys('expiry');
  const queue = await JobQueue.open(client, prefix);
  await queue.add('job');
  const source = await JobSource.open(client, prefix);
  assert.equal((await source.next('token'))?.id, 'job');
  const keys = await client.keys('*');
  const lasting = await Promise.all(keys.map(async (key) => ((await client.pttl(key)) === -1 ? [key] : [])));
  assert.deepEqual(lasting.flat(), []);
});
