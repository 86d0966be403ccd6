import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { blocks, page } from '../docs/markdown.ts';
import { packed, program } from '../homes/installed.ts';
import { freePort, withoutRedis } from '../redis.ts';

test('docs/nodes.md, followed to the letter in an empty folder with the packed package', { skip: withoutRedis }, async () => {
  const [prepare, commands] = blocks(page('docs/nodes.md'))
    .filter(({ info }) => info[0] === 'sh')
    .map(({ text }) => text);
  // Two things differ from what a reader does: the package is installed already, and the port is a free one.
  const [install, ...files] = prepare!.trimEnd().split('\n');
  assert.equal(install, 'npm init -y && npm pkg set type=module && npm install holdfast ioredis');
  const cwd = await program('nodes-from-nothing', { 'package.json': '{"private":true,"type":"module"}' });
  // As npm installs the command of a package.
  mkdirSync(join(cwd, 'node_modules/.bin'), { recursive: true });
  symlinkSync(join(await packed(), 'dist/cli/main.js'), join(cwd, 'node_modules/.bin/holdfast'));
  const own = commands!.replaceAll('6390', String(await freePort())).replace('--port', '--bind 127.0.0.1 --port');
  // There is no terminal here, and so no jobs to name: what runs in the background is ended as one group.
  const shell = spawn('bash', ['-c', `${files.join('\n')}\n${own}`], { cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let said = '';
  for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (piece) => (said += piece));
  const [code] = await once(shell, 'exit');
  process.kill(-shell.pid!, 'SIGKILL');
  assert.equal(code, 0, said);
  assert.match(said, /All done: 1,000 lines/);
  assert.equal(readFileSync(join(cwd, 'results.ndjson'), 'utf8').split('\n').length, 1_001);
  rmSync(cwd, { recursive: true, force: true });
});
