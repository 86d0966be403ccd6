import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cluster, inOrder } from '../../durable/cluster.ts';
import { withoutRedis } from '../../redis.ts';
import { oneIn } from '../../soak.ts';
import { gated, TASK, untilSize, writeInput } from '../command.ts';

const test = oneIn(4, import.meta.url);

test('a job on nodes waits for the first, says which is refused or lost, and ends as it does here', { skip: withoutRedis }, async (t) => {
  const cluster = await Cluster.start(t);
  writeInput(join(cluster.cwd, 'in.ndjson'), gated(40));
  // More threads than all nodes lend: it begins with what there is.
  const far = ['--nodes', cluster.redis.url, '--threads', '8', '--ordered'];
  const run = cluster.call('run', TASK, 'in.ndjson', '-o', 'out.ndjson', ...far);
  await run.says(/No node lends a thread yet: the job waits\./);
  await cluster.node('--managers', '0', '--version', 'other');
  await run.says(/Node \S+ is not used: .*version.*other/);
  const first = await cluster.node('--managers', '0');
  await untilSize(cluster.out, 1);
  first.process.kill('SIGKILL');
  await run.says(/Node \S+ is lost \(gone\)\. What it had is run elsewhere\./);
  await cluster.node('--managers', '0');
  writeFileSync(join(cluster.cwd, 'gate'), '');
  assert.equal((await run.ended).code, 0, run.stderr);
  assert.equal(cluster.results, inOrder(40));
});
