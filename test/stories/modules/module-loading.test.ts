// However a task module is written, it is loaded as `import` loads it: evaluated once a thread, with an await at its top level, as
// CommonJS, by the address with its query, and as what hooks make of it. (`require` of an ES module would save a thread a tenth of its start,
// but Node 20 aborts the whole process when a thread is ended in the middle of it.)
import assert from 'node:assert/strict';
import { Pool, PoolFailedError } from '../../../src/index.ts';
import { oneIn } from '../../soak.ts';

const test = oneIn(4, import.meta.url);

const raw = (file: string): URL => new URL(`../../fixtures/raw/${file}`, import.meta.url);
const counter = (): Int32Array => new Int32Array(new SharedArrayBuffer(4));

for (const file of ['counts.mjs', 'counts-awaited.mjs', 'counts.cjs']) {
  test(`${file} is evaluated once in each thread`, async () => {
    const evaluations = counter();
    await using pool = new Pool({ filename: raw(file), threads: 3, spares: 0, workerData: evaluations });
    assert.equal(await pool.run('through'), 'through');
    await pool.ready();
    assert.equal(Atomics.load(evaluations, 0), 3);
  });
}

test('a module that throws is evaluated once a start, and its own error tells why', async () => {
  const evaluations = counter();
  await using pool = new Pool({
    filename: raw('counts-and-throws.mjs'),
    threads: 1,
    spares: 0,
    workerData: evaluations,
    restart: { intensity: 0 },
  });
  const failure = await pool.run(1).then(
    () => assert.fail('Expected the pool to fail.'),
    (error: unknown) => error,
  );
  assert.ok(failure instanceof PoolFailedError);
  assert.match(String((failure.cause as Error).cause ?? failure.cause), /evaluated, and failed/);
  assert.equal(Atomics.load(evaluations, 0), 1);
});

test('a query after the file name makes a module of its own, as for import', async () => {
  const evaluations = counter();
  const filename = raw('counts.mjs');
  filename.search = '?as=another';
  await using pool = new Pool({ filename, threads: 1, spares: 0, workerData: evaluations });
  assert.equal(await pool.run('through'), 'through');
  assert.equal(Atomics.load(evaluations, 0), 1);
});

test('module hooks see the task module', async () => {
  const load = `export const load = async (url, context, next) => url.endsWith('/counts.mjs')
    ? { format: 'module', source: 'export default () => "hooked"', shortCircuit: true } : next(url, context);`;
  const hooks = `data:text/javascript,${encodeURIComponent(load)}`;
  const register = `import { register } from 'node:module'; register(${JSON.stringify(hooks)});`;
  await using pool = new Pool({
    filename: raw('counts.mjs'),
    threads: 1,
    spares: 0,
    workerData: counter(),
    execArgv: [`--import=data:text/javascript,${encodeURIComponent(register)}`],
  });
  assert.equal(await pool.run(1), 'hooked');
});
