import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { nonceAt } from '../../src/cli/node/fitness.ts';
import { leaveProof, removeProof } from '../../src/cli/run/durable/prepare.ts';
import type { PutJob } from '../../src/durable/board.ts';
import { scratch } from '../cli/command.ts';

const jobAt = (proof: string): PutJob => ({ proof, nonce: 'n', by: { host: 'h', pid: 1 } }) as PutJob;

test('the file by which managers know a folder is made anew: what a link at the name of its draft leads to stays as it is', async (t) => {
  const folder = scratch(t);
  const [proof, stranger] = [join(folder, 'out.ndjson.durable'), join(folder, 'stranger')];
  writeFileSync(stranger, 'mine');
  symlinkSync(stranger, `${proof}.new`);
  await leaveProof(jobAt(proof));
  assert.equal(readFileSync(stranger, 'utf8'), 'mine');
  assert.equal(await nonceAt(proof), 'n');
  await removeProof(jobAt(proof));
  assert.deepEqual(readdirSync(folder), ['stranger']);
});

test('where it cannot be put no draft is left', async (t) => {
  const folder = scratch(t);
  const proof = join(folder, 'a folder');
  const made = spawnSync('mkdir', ['-p', join(proof, 'with something in it')]);
  assert.equal(made.status, 0);
  await assert.rejects(leaveProof(jobAt(proof)), { code: 'ERR_BATCH_OUTPUT' });
  assert.deepEqual(readdirSync(folder), ['a folder']);
});

test('a pipe of its name is not waited for', { skip: process.platform === 'win32' }, async (t) => {
  const proof = join(scratch(t), 'out.ndjson.durable');
  assert.equal(spawnSync('mkfifo', [proof]).status, 0);
  assert.equal(await nonceAt(proof), undefined);
});
