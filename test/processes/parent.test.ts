import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { further, oneIn } from '../soak.ts';
import { alive, MISDEEDS, SABOTEURS, until } from './stage.ts';

const test = oneIn(3, import.meta.url);

/** A program with a pool; it writes what `body` tells. */
function parent(t: TestContext, filename: URL, body: string): ChildProcess {
  const program = `
    import { Pool } from '${new URL('../../src/index.js', import.meta.url).href}';
    const pool = new Pool({ filename: '${filename.href}', isolation: 'process', threads: 2, spares: 1, timeout: Infinity });
    const cells = () => pool.tree().children.flatMap(({ pid }) => pid ?? []);
    const tell = (what) => process.stdout.write(JSON.stringify(what));
    setInterval(() => {}, 1000);
    ${body}`;
  const started = spawn(process.execPath, ['--input-type=module', '-e', program], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => started.kill('SIGKILL'));
  return started;
}

async function told<T>(program: ChildProcess): Promise<T> {
  const [text] = (await once(program.stdout!, 'data')) as [Buffer];
  return JSON.parse(text.toString()) as T;
}

for (const [name, filename, body] of [
  ['start', SABOTEURS, 'const look = () => (cells().length === 3 ? tell(cells()) : setTimeout(look, 1)); look();'],
  [
    'spin',
    SABOTEURS,
    `await pool.ready();
     let spinning = 0;
     const onProgress = () => { if (++spinning === 2) tell(cells()); };
     for (let i = 0; i < 2; i++) pool.run(undefined, { name: 'spinAndTell', onProgress }).catch(() => {});`,
  ],
  [
    'are inside a native call',
    MISDEEDS,
    `await pool.ready();
     for (let i = 0; i < 2; i++) pool.run(60_000, { name: 'blockNatively' }).catch(() => {});
     setTimeout(() => tell(cells()), 200);`,
  ],
] as const) {
  (name === 'spin' ? test : further)(`the parent is killed while its cells ${name}: none is left`, async (t) => {
    const program = parent(t, filename, body);
    const cells = await told<number[]>(program);
    assert.equal(cells.length, 3);
    const since = performance.now();
    program.kill('SIGKILL');
    await until(() => !cells.some(alive));
    t.diagnostic(`all gone after ${Math.round(performance.now() - since)} ms`);
  });
}

further('Ctrl-C reaches the whole group of processes; the cells leave it to the parent, even while they start', async (t) => {
  const program = parent(
    t,
    SABOTEURS,
    `const starting = cells();
     process.on('SIGINT', async () => {
       await pool.ready();
       await pool.run('still there');
       tell({ starting, cells: cells() });
     });
     tell('started');`,
  );
  assert.equal(await told(program), 'started');
  process.kill(-program.pid!, 'SIGINT');
  const { starting, cells } = await told<{ starting: number[]; cells: number[] }>(program);
  assert.ok(starting.length > 0 && starting.every((pid) => cells.includes(pid)), `${starting} are among ${cells}`);
  program.kill('SIGKILL');
  await until(() => !cells.some(alive));
});
