import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { before, it } from 'node:test';
import { first } from '../soak.ts';
import { node, program, tool } from './installed.ts';

// What a TypeScript program sees of the package as it is published, with everything checked, the declarations of the package as well.
const CONSUMER = `import { expectTypeOf } from 'expect-type';
import { attemptsOf, Pool, type PoolOptions, type RunOptions, type Settled } from 'holdfast';
import { runBatch } from 'holdfast/batch';
import { type JobProcessor, processor } from 'holdfast/bullmq';
import { faultPlan } from 'holdfast/faults';
import { Piscina, type PiscinaOptions } from 'holdfast/piscina';
import { Supervisor } from 'holdfast/supervision';
import { context, transfer } from 'holdfast/worker';

type Tasks = { default: (task: { n: number }) => Promise<number>; other: (text: string) => string[]; none: () => bigint; VERSION: string };
declare const pool: Pool<Tasks>;
expectTypeOf(pool.run({ n: 1 })).toEqualTypeOf<Promise<number>>();
expectTypeOf(pool.run('x', { name: 'other' })).toEqualTypeOf<Promise<string[]>>();
expectTypeOf(pool.run(undefined as never, { name: 'none' })).toEqualTypeOf<Promise<bigint>>();
expectTypeOf(pool.mapSettled(['x'], { name: 'other' })).toMatchTypeOf<AsyncIterable<Settled<string[]>>>();
// @ts-expect-error it has no such export
pool.run(1, { name: 'othr' });
// @ts-expect-error nor is this one a function
pool.run(1, { name: 'VERSION' });
// @ts-expect-error the default export takes { n: number }
pool.run('x');
// @ts-expect-error the items are tasks
pool.map(['x']);
// @ts-expect-error no option has that name
pool.run({ n: 1 }, { tiemout: 1 });

declare const named: Pool<{ other: (text: string) => string }>;
expectTypeOf(named.run('x', { name: 'other' })).toEqualTypeOf<Promise<string>>();
declare const byType: Pool<number, string>;
expectTypeOf(byType.run(1)).toEqualTypeOf<Promise<string>>();
expectTypeOf(byType.run(1, { name: 'any' })).toEqualTypeOf<Promise<string>>();
declare const untyped: Pool;
expectTypeOf(untyped.run({ whatever: true }, { name: 'any' })).resolves.toBeAny();
// A call may name a module of its own.
type Other = { default: (side: number) => number; shout: (text: string) => string };
expectTypeOf(named.run({ whatever: true }, { filename: 'other.js' })).resolves.toBeAny();
expectTypeOf(named.run<Other>(3, { filename: 'other.js' })).toEqualTypeOf<Promise<number>>();
expectTypeOf(named.run<Other, 'shout'>('x', { filename: new URL('file:///other.js'), name: 'shout' })).toEqualTypeOf<Promise<string>>();
expectTypeOf(named.map<Other>([3], { filename: 'other.js' })).toEqualTypeOf<AsyncIterableIterator<number>>();

// What may be left out may be undefined.
const signal: AbortSignal | undefined = undefined;
const run: RunOptions = { signal, timeout: undefined, retry: { shouldRetry: undefined }, onProgress: undefined, redundancy: undefined };
const options: PoolOptions = { filename: 'task.js', threads: undefined, quarantine: { key: undefined }, metrics: { prefix: undefined }, env: undefined };
untyped.run({ n: 1 }, run);
pool.run({ n: 1 }, { signal, key: undefined });
pool.close({ force: undefined });
// The constructor takes options, and nothing else.
expectTypeOf(Pool).constructorParameters.toEqualTypeOf<[options?: PoolOptions | undefined]>();
new Supervisor({ id: undefined, restart: undefined });
faultPlan({ seed: 1, crash: undefined, startup: undefined });
runBatch({ filename: 'task.js', input: 'a', out: 'b', signal, name: undefined });
expectTypeOf(context().signal).toEqualTypeOf<AbortSignal>();
expectTypeOf(processor<number>(pool, { name: (job) => job.name, bundle: 'settled', run: { timeout: 1, key: undefined } })).toEqualTypeOf<JobProcessor<number>>();
// @ts-expect-error no option has that name
processor(pool, { naem: 'x' });
const theirs: PiscinaOptions = { filename: 'task.js', maxThreads: 2, maxQueue: 'auto', holdfast: { retry: 2, timeout: undefined } };
const piscina = new Piscina<{ n: number }, string>(theirs);
expectTypeOf(piscina.run({ n: 1 }, { signal, holdfast: { timeout: 5 } })).toEqualTypeOf<Promise<string>>();
expectTypeOf(piscina.histogram.runTime.p99_9).toEqualTypeOf<number>();
expectTypeOf(Piscina.move(new Uint8Array(1))).toMatchTypeOf<Uint8Array>();
// @ts-expect-error the task has a type
piscina.run('x');
void [attemptsOf, transfer, options];
`;

const STRICT = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false, noEmit: true };
const RESOLUTIONS: Readonly<Record<string, { file: string; options: Record<string, unknown>; compilers: readonly string[] }>> = {
  'nodenext, ES module': { file: 'consumer.mts', options: { module: 'nodenext' }, compilers: ['typescript', 'typescript-5.4'] },
  'nodenext, CommonJS': { file: 'consumer.cts', options: { module: 'nodenext' }, compilers: ['typescript', 'typescript-5.4'] },
  'node16, CommonJS': { file: 'consumer.cts', options: { module: 'node16' }, compilers: ['typescript', 'typescript-5.4'] },
  bundler: {
    file: 'consumer.mts',
    options: { module: 'esnext', moduleResolution: 'bundler' },
    compilers: ['typescript', 'typescript-5.4'],
  },
  node10: { file: 'plain.ts', options: { module: 'commonjs', moduleResolution: 'node10' }, compilers: ['typescript-5.4'] },
};

let folder = '';
before(async () => {
  folder = await program('types', {
    'consumer.mts': CONSUMER,
    'consumer.cts': CONSUMER,
    'plain.ts': CONSUMER,
  });
});

async function check(compiler: string, file: string, options: object): Promise<{ code: number; out: string }> {
  const config = `tsconfig.${compiler}.${file}.${Object.values(options).join('.')}.json`;
  const compilerOptions = { target: 'es2022', lib: ['es2022', 'esnext.disposable'], types: ['node'], ...STRICT, ...options };
  writeFileSync(`${folder}/${config}`, JSON.stringify({ compilerOptions, files: [file] }));
  return node(folder, tool(`${compiler}/bin/tsc`), '-p', config);
}

/** One test for each way to resolve modules that this compiler has; outside of a soak for the first. */
export function checkedBy(compiler: 'typescript' | 'typescript-5.4'): void {
  for (const [resolution, { file, options, compilers }] of first(1, Object.entries(RESOLUTIONS))) {
    if (!compilers.includes(compiler)) continue;
    it(resolution, async () => {
      const { code, out } = await check(compiler, file, options);
      assert.equal(code, 0, out);
    });
  }
}
