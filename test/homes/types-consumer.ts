/** What a TypeScript program sees of the package as it is published: every entry of it. */
export const CONSUMER = `import { expectTypeOf } from 'expect-type';
import { attemptsOf, Pool, type PoolOptions, type RunOptions, type Settled } from 'holdfast';
import { runBatch } from 'holdfast/batch';
import { type JobProcessor, processor } from 'holdfast/bullmq';
import { faultPlan } from 'holdfast/faults';
import { type ListedNode, listNodes, type NodeOptions, startNode } from 'holdfast/node';
import { type ObserverServer, observe, observer } from 'holdfast/observe';
import { otel } from 'holdfast/otel';
import { Piscina, type PiscinaOptions } from 'holdfast/piscina';
import { type Plan, plan, planText } from 'holdfast/plan';
import { defineServer, reply, startServer } from 'holdfast/server';
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
const node: NodeOptions = { url: 'redis://127.0.0.1', filename: 'task.js' };
expectTypeOf(startNode(node)).resolves.toHaveProperty('drain');
expectTypeOf(listNodes).returns.resolves.toMatchTypeOf<readonly ListedNode[]>();
expectTypeOf(observe(untyped, {})).toEqualTypeOf<Promise<ObserverServer>>();
expectTypeOf(planText).toBeCallableWith({} as Plan);
const traced: PoolOptions = { filename: 'task.js', tracing: otel() };
void [attemptsOf, transfer, options, observer, plan, traced, defineServer, reply, startServer];
`;

/** Apart from the rest, because the types of XState 5 itself do not pass with `exactOptionalPropertyTypes` where libraries are checked. */
export const WITH_XSTATE = `import { fromXState } from 'holdfast/xstate';
import { setup } from 'xstate';
const machine = setup({ types: { events: {} as { type: 'go' } } }).createMachine({ initial: 'idle', states: { idle: {} } });
void fromXState(machine);
// @ts-expect-error it is no machine
void fromXState('machine');
`;

/** What runs as it was compiled, whatever it was compiled to. */
export const RUNNING = `import { Pool } from 'holdfast';
import { faultPlan } from 'holdfast/faults';
import { Piscina } from 'holdfast/piscina';
import { defineServer } from 'holdfast/server';
import { Supervisor } from 'holdfast/supervision';
const pool = new Pool<{ default: (n: number) => number }>({ filename: 'twice.mjs', threads: 1 });
void (async () => {
  console.log(await pool.run(21), ...[faultPlan, Piscina, defineServer, Supervisor].map((one) => typeof one));
  await pool.close();
})();
`;
