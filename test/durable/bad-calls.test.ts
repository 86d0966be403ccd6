import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { hashTask } from '../../src/batch/job/inputs.ts';
import { nodeDisk } from '../../src/batch/machine/node-disk.ts';
import { nonceAt, refusalOf } from '../../src/cli/node/fitness.ts';
import { packageVersion } from '../../src/core/installation.ts';
import { Holdfast, holdfast, MAIN, scratch, TASK } from '../cli/command.ts';
import { type RedisServer, startRedis, withoutRedis } from '../redis.ts';
import { drawn, further } from '../soak.ts';

/** No program listens there. */
const NOWHERE = 'redis://user:secret@127.0.0.1:1';
const RUN = ['run', TASK, 'in.ndjson', '-o', 'out.ndjson', '--nodes', NOWHERE, '--durable'];

function folder(t: TestContext): string {
  const cwd = scratch(t);
  writeFileSync(join(cwd, 'in.ndjson'), '{"n":1}\n');
  return cwd;
}

describe('a durable job that cannot be', () => {
  const wrong: readonly (readonly [what: string, args: readonly string[], said: RegExp])[] = [
    ['without nodes', ['run', TASK, 'in.ndjson', '-o', 'out.ndjson', '--durable'], /^holdfast: --durable: expected --nodes too/],
    ['with the URL of something else', [...RUN, '--nodes', 'http://127.0.0.1'], /Expected the URL of a Redis/],
    [
      'from standard input',
      ['run', TASK, '-', ...RUN.slice(3)],
      /^holdfast: --durable: expected files as input, because managers on other/,
    ],
    ['to standard output', [...RUN, '-o', '-'], /^holdfast: --durable: expected files as input and output/],
    ['to a device', [...RUN, '-o', '/dev/full'], /^holdfast: --durable: expected a file as --out, got \/dev\/full/],
    ['with a page', [...RUN, '--observe', '0'], /^holdfast: --observe: not with --durable/],
    ['with a report', [...RUN, '--report', 'x.html'], /^holdfast: --report: not with --durable/],
    ['that is not run', [...RUN, '--dry-run'], /^holdfast: --dry-run: not with --durable/],
    ['without an input', ['run', TASK, 'nothing.ndjson', ...RUN.slice(3)], /nothing\.ndjson/],
    [
      'without its task',
      ['run', './nothing.js', ...RUN.slice(2)],
      /^holdfast: The task module .*nothing\.js cannot be read: there is no such file/,
    ],
    ['into no folder', [...RUN, '-o', 'no/out.ndjson'], /^holdfast: no\/out\.ndjson cannot be written: there is no folder no/],
    ['in a group with a bad name', [...RUN, '--group', 'a b'], /a name of at most 64 letters/],
  ];
  for (const [what, args, said] of drawn(1, wrong)) {
    it(what, async (t) => {
      const { code, stderr } = await holdfast(args, { cwd: folder(t), env: { HOLDFAST_NODES: '' } });
      assert.match(stderr, said);
      assert.equal(code, 2);
    });
  }

  /** The command line on a machine on which BullMQ is not installed. */
  const without = (cwd: string, args: readonly string[]) => {
    const refuse = `export const resolve = (name, context, next) => { if (name === 'bullmq') throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' }); return next(name, context); };`;
    const module = (text: string): string => `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`;
    const flag = module(`import { register } from 'node:module'; register('${module(refuse)}');`);
    return spawnSync(process.execPath, ['--import', flag, MAIN, ...args], { cwd, encoding: 'utf8' });
  };

  it('with a Redis that does not answer: Ctrl-C ends the command', async (t) => {
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const connected = once(server, 'connection');
    const run = new Holdfast([...RUN, '--nodes', `redis://127.0.0.1:${port}`], { cwd: folder(t), input: '' });
    const [socket] = (await connected) as [Socket];
    t.after(() => {
      run.process.kill('SIGKILL');
      socket.destroy();
      server.close();
    });
    run.process.kill('SIGINT');
    assert.deepEqual(await run.ended, { code: 130, signal: null }, run.stderr);
  });

  it('without BullMQ', (t) => {
    const { status, stderr } = without(folder(t), RUN);
    assert.match(stderr, /^holdfast: Durable jobs are kept by BullMQ, and need the package bullmq: npm install bullmq@6\n$/);
    assert.equal(status, 2);
  });

  describe('with a Redis', { skip: withoutRedis }, () => {
    let redis: RedisServer;
    before(async () => {
      redis = await startRedis('--requirepass', 'other');
    });
    after(() => redis.stop());

    further('a node without BullMQ manages none, and says so', (t) => {
      const url = redis.url.replace('//', '//:other@');
      const { status, stderr, stdout } = without(folder(t), ['node', url, '--task', TASK, '--managers', '1']);
      assert.match(stderr, /^holdfast node: Durable jobs are kept by BullMQ, and need the package bullmq: npm install bullmq@6\n$/);
      assert.equal(status, 3);
      assert.equal(stdout, '');
    });

    it('with a wrong password, which is not shown', async (t) => {
      const { code, stderr } = await holdfast([...RUN, '--nodes', redis.url.replace('//', '//user:secret@')], { cwd: folder(t) });
      assert.match(stderr, /refuses the user or the password/);
      assert.doesNotMatch(stderr, /secret/);
      assert.equal(code, 2);
    });
  });
});

describe('a manager refuses, and says both values', () => {
  const job = async (cwd: string) => ({
    nonce: 'mine',
    folder: cwd,
    proof: join(cwd, 'out.ndjson.durable'),
    out: join(cwd, 'out.ndjson'),
    holdfast: packageVersion(),
    module: { path: TASK, sha256: await hashTask(nodeDisk, TASK) },
    by: { host: 'here', pid: 1 },
    request: {},
  });

  it('a job of another version, in another folder, with another task; and takes one that fits', async (t) => {
    const cwd = scratch(t);
    const mine = await job(cwd);
    assert.match((await refusalOf({ ...mine, holdfast: '9.3.1' }))!, /^it has Holdfast \d+\.\d+\.\d+, and the job was put by 9\.3\.1$/);
    assert.match((await refusalOf({ ...mine, folder: join(cwd, 'elsewhere') }))!, /^it does not see the folder \S+elsewhere$/);
    assert.match(
      (await refusalOf(mine))!,
      /^it sees another \S+ than the command: \S+out\.ndjson\.durable/,
      'nothing shows that it is the same',
    );
    for (const text of ['{"nonce":"yours"}', 'not JSON', '']) {
      writeFileSync(mine.proof, text);
      assert.match((await refusalOf(mine))!, /^it sees another/, text);
    }
    writeFileSync(mine.proof, '{"nonce":"mine"}');
    assert.equal(await nonceAt(mine.proof), 'mine');
    assert.equal(await refusalOf(mine), undefined);
    assert.match(
      (await refusalOf({ ...mine, module: { path: TASK, sha256: 'f'.repeat(64) } }))!,
      /^its task module \S+ \(SHA-256\) is [0-9a-f]{12}, and was f{12} for the command$/,
    );
    mkdirSync(join(cwd, 'task.js'));
    assert.match(
      (await refusalOf({ ...mine, module: { path: join(cwd, 'nothing.js'), sha256: '' } }))!,
      /cannot be read: there is no such file/,
    );
  });
});
