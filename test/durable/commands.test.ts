import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer, Socket } from 'node:net';
import { join } from 'node:path';
import { gated, holdfast, many, untilSize, writeInput } from '../cli/command.ts';
import type { BatchInput } from '../fixtures/batch/batch-task.ts';
import { withoutRedis } from '../redis.ts';
import { further } from '../soak.ts';
import { Cluster, inOrder } from './cluster.ts';

further('a job waits for a manager, others follow it, it shows in the tree, and its node may leave', { skip: withoutRedis }, async (t) => {
  const cluster = await Cluster.start(t);
  const { cwd } = cluster;
  const tree = async (): Promise<string> => (await holdfast(['tree', cluster.redis.url], { cwd })).stdout;
  writeInput(join(cwd, 'in.ndjson'), gated(40));
  const run = cluster.run();
  await run.says(/No manager has taken the job yet\. Is there a holdfast node with --managers 1/);
  assert.match(await tree(), /^default {2}nodes {2}none\n└─ job \S+out\.ndjson {2}0 done, 0 failed {2}waits for a manager\n$/);
  const first = await cluster.node();
  await untilSize(cluster.out, 1);
  const before = await cluster.manager();
  const shown = await tree();
  assert.match(
    shown,
    new RegExp(`node \\S+ .* up {2}pid ${first.process.pid}\\n│ {2}└─ manager \\w+ {2}manager {2}manages \\S+ {2}pid ${before}\\n`),
  );
  assert.match(shown, new RegExp(`└─ job \\S+out\\.ndjson {2}\\d+ done, 0 failed {2}runs {2}pid ${before}\\n$`));

  const twin = await cluster.run().ended;
  assert.equal(twin.code, 2);
  const other = cluster.run('--resume', '--retry', '7');
  assert.equal((await other.ended).code, 2);
  assert.match(
    other.stderr,
    /Another durable job writes \S+: process \d+ on \S+ has put it, and process \d+ on \S+ manages it\. That job is another one/,
  );
  const follower = cluster.run('--resume');
  await follower.says(/This job is under way already; this command follows it\./);

  // What holds the output is a lock as ever: a run without Redis is refused.
  const plain = await holdfast(['run', 'nothing.js', 'in.ndjson', '-o', 'out.ndjson', '--resume'], { cwd });
  assert.equal(plain.code, 2);
  await cluster.node();
  first.process.kill('SIGTERM');
  writeFileSync(join(cwd, 'gate'), ''); // What has begun is finished first.
  assert.equal((await first.ended).code, 0, first.stdout);
  assert.deepEqual([(await run.ended).code, (await follower.ended).code], [0, 0], run.stderr);
  assert.equal(cluster.results, inOrder(40));
  assert.deepEqual(await cluster.lasting(), []);
  assert.doesNotMatch(await tree(), /job/);
});

further('a folder that is removed ends the job', { skip: withoutRedis }, async (t) => {
  const cluster = await Cluster.start(t);
  const { cwd } = cluster;
  await cluster.node();
  writeInput(join(cwd, 'in.ndjson'), gated(40));
  const run = cluster.run();
  await untilSize(cluster.out, 1);
  rmSync(cwd, { recursive: true });
  assert.equal((await run.ended).code, 3, run.stderr);
  assert.match(run.stderr, /out\.ndjson\.durable is gone, or its folder: no manager can go on with the job without it/);
});

further('a node with the manager of a job leaves although Redis is away', { skip: withoutRedis }, async (t) => {
  const cluster = await Cluster.start(t);
  const node = await cluster.node();
  writeInput(join(cluster.cwd, 'in.ndjson'), gated(40));
  cluster.run();
  await untilSize(cluster.out, 1);
  await cluster.redis.stop();
  node.process.kill('SIGTERM');
  assert.equal((await node.ended).code, 0, node.stdout);
});

further('its connection breaks before Redis can say that it was put: it is put once, and followed', { skip: withoutRedis }, async (t) => {
  const cluster = await Cluster.start(t);
  writeInput(join(cluster.cwd, 'in.ndjson'), many(10, 1));
  let broken = 0;
  const server = createServer((near) => {
    const far = new Socket().connect(cluster.redis.port, '127.0.0.1');
    const end = (): void => void [near.destroy(), far.destroy()];
    let puts = false;
    for (const socket of [near, far]) socket.on('error', end).on('close', end);
    near.on('data', (bytes) => {
      puts ||= broken === 0 && bytes.includes("'began', now");
      far.write(bytes);
    });
    far.on('data', (bytes) => {
      if (!puts) near.write(bytes);
      else {
        broken++;
        end();
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  await cluster.node();
  const run = cluster.run('--nodes', `redis://127.0.0.1:${(server.address() as { port: number }).port}`);
  assert.equal((await run.ended).code, 0, run.stderr);
  assert.deepEqual([broken, cluster.results], [1, inOrder(10)]);
});

/** Two that wait for the gate, and many behind them. */
const slow = (count: number): BatchInput[] =>
  many(count, 100).map((line) => (line.n === 12 || line.n === 13 ? { ...line, gate: 'gate' } : line));

further('Ctrl-C ends the job, a closed terminal does not', { skip: withoutRedis }, async (t) => {
  const cluster = await Cluster.start(t);
  // So slow that few are on their way at a time.
  writeInput(join(cluster.cwd, 'in.ndjson'), slow(40));
  const nobody = cluster.run();
  await nobody.says(/No manager has taken the job yet/);
  nobody.process.kill('SIGINT');
  assert.equal((await nobody.ended).code, 130);
  assert.doesNotMatch(nobody.stderr, /To go on/, 'nothing was begun');

  await cluster.node();
  const left = cluster.run('--resume');
  await untilSize(cluster.out, 1);
  left.process.kill('SIGHUP');
  assert.equal((await left.ended).code, 129);
  assert.match(left.stderr, /The job goes on without this command\. To follow it:\n.* --resume\n$/);

  const follower = cluster.run('--resume');
  await follower.says(/this command follows it/);
  follower.process.kill('SIGINT');
  await follower.says(/Stopping: \d+ lines? on the way[\s\S]*Process \d+ begins with nothing more\./);
  writeFileSync(join(cluster.cwd, 'gate'), '');
  assert.equal((await follower.ended).code, 130, follower.stderr);
  assert.match(follower.stderr, /Stopped: .*\n/);

  const rest = cluster.run('--resume');
  assert.equal((await rest.ended).code, 0, rest.stderr);
  assert.equal(cluster.results, inOrder(40));
});
