import assert from 'node:assert/strict';
import { Pool } from '../../../src/index.ts';
import type { Target } from '../../fixtures/misdeeds/vandal.ts';

type Vandal = typeof import('../../fixtures/misdeeds/vandal.ts');

export interface Tally {
  readonly globals: number;
  readonly methods: number;
  readonly tried: number;
  readonly harmed: readonly string[];
}

export function openVandal(options: { isolation?: 'process' | 'none' } = {}): Pool<Vandal> {
  return new Pool<Vandal>({
    filename: new URL('../../fixtures/misdeeds/vandal.js', import.meta.url),
    threads: 1,
    spares: 1,
    retry: false,
    timeout: 10_000,
    ...(options.isolation === 'process' ? { isolation: 'process' as const } : {}),
  });
}

/** Runs each kind of neighbour. @returns what one of them got instead of what it should */
async function neighbours(pool: Pool<Vandal>, n: number): Promise<string | undefined> {
  try {
    assert.equal(await pool.run(n), n * 2);
    assert.equal(await pool.run(n, { name: 'later' }), n * 3);
    const told: unknown[] = [];
    const about = (await pool.run(n, { name: 'about', onProgress: (value: unknown) => told.push(value) })) as { taskId: number };
    assert.deepEqual(about, { taskId: about.taskId, aborted: false, signal: false, deadline: true });
    assert.deepEqual(told, [n]);
    await assert.rejects(pool.run(n, { name: 'fails' }), { name: 'RangeError', message: 'of the neighbour', code: 'E_NEIGHBOUR' });
    return undefined;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message.split('\n')[0]}` : String(error);
  }
}

/** Takes one thing after the other away from a thread, and runs the vandal and its neighbours through each. */
export async function stealAll(pool: Pool<Vandal>, chosen: (names: readonly string[]) => readonly string[]): Promise<Tally> {
  const { names, globals } = await pool.run(0, { name: 'targets' });
  const harmed: string[] = [];
  let tried = 0;
  for (const name of chosen(names)) {
    for (const how of ['delete', 'replace'] as const) {
      tried++;
      const told = await pool.run({ name, how } satisfies Target, { name: 'spoil' }).catch((error: Error) => error.message);
      const wrong = told === 'done' ? await neighbours(pool, tried) : `the vandal: ${told}`;
      if (wrong !== undefined) harmed.push(`${how} ${name}: ${wrong}`);
      await pool.run(0, { name: 'restore' }).catch(() => {});
    }
  }
  return { globals, methods: names.length - globals, tried, harmed };
}
