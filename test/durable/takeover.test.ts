import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gated, untilSize, writeInput } from '../cli/command.ts';
import { withoutRedis } from '../redis.ts';
import { oneIn } from '../soak.ts';
import { Cluster, inOrder } from './cluster.ts';

const test = oneIn(4, import.meta.url);

test('a job whose managers are killed and frozen is done once, byte for byte', { skip: withoutRedis }, async (t) => {
  const cluster = await Cluster.start(t);
  writeInput(join(cluster.cwd, 'in.ndjson'), gated(60));
  await Promise.all([cluster.node(), cluster.node()]);
  const run = cluster.run('--json');
  await untilSize(cluster.out, 1);
  const killed = await cluster.manager();
  process.kill(killed, 'SIGKILL');
  const frozen = await cluster.manager(killed);
  await run.says(new RegExp(`Process ${killed} on .* is gone. Process ${frozen} on .* goes on from the journal`));
  process.kill(frozen, 'SIGSTOP');
  const last = await cluster.manager(frozen);
  writeFileSync(join(cluster.cwd, 'gate'), '');
  const { code } = await run.ended;
  assert.equal(code, 0, run.stderr);
  assert.equal(cluster.results, inOrder(60));
  assert.ok(last !== frozen);
  assert.throws(() => process.kill(frozen, 'SIGCONT'), { code: 'ESRCH' }, 'who goes on has ended the one that it could see');
  const summary = JSON.parse(run.stdout) as Record<string, unknown>;
  assert.deepEqual([summary.outcome, summary.done, summary.failed, summary.earlier, summary.exitCode], ['complete', 60, 0, 0, 0]);
  assert.ok(!existsSync(`${cluster.out}.lock`));
  const files = ['gate', 'in.ndjson', 'out.failed.ndjson', 'out.ndjson', 'out.ndjson.job'];
  // A manager that dies while it takes a lock leaves the draft of it, under a name that no other will use.
  const draft = /\.lock(\.[0-9a-f]+)+\.new$/;
  assert.deepEqual(
    readdirSync(cluster.cwd)
      .filter((name) => !draft.test(name))
      .sort(),
    files,
  );
  assert.deepEqual(await cluster.lasting(), []);
});
