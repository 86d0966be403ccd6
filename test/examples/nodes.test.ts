import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { withoutRedis } from '../redis.ts';
import { further, oneIn, SOAK } from '../soak.ts';

const test = oneIn(4, import.meta.url);

const DEMO = fileURLToPath(new URL('../../examples/nodes/demo.js', import.meta.url));

async function demo(...args: string[]): Promise<string> {
  return (await promisify(execFile)(process.execPath, [DEMO, ...args])).stdout;
}

const AGREE =
  /^Parsing (\d+) files .*\n {2}nodes killed +\d+.*\n {2}files +\1 done, 0 failed, [\s\S]*The outputs agree, byte for byte\.\n$/;

test('the files are parsed on nodes that are killed as they are here', { skip: withoutRedis }, async () => {
  assert.match(await demo('--files', SOAK ? '60' : '16', '--kills', SOAK ? '2' : '1', '--every', '400'), AGREE);
});

further('and where the manager dies with its node', { skip: withoutRedis }, async () => {
  assert.match(await demo('--files', '300', '--kills', '4', '--every', '3000', '--durable'), AGREE);
});
