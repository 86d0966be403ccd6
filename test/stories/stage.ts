import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { Pool, type PoolEventName, type PoolEvents, type PoolOptions } from '../../src/index.ts';

export const MISDEEDS: URL = new URL('../fixtures/misdeeds/misdeeds.js', import.meta.url);
export type Misdeeds = typeof import('../fixtures/misdeeds/misdeeds.ts');

/** What keeps the main process busy now, apart from files and terminals, which come and go with the test runner. */
export function resources(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => !/^(FSReq|CloseReq|TTYWrap|PipeWrap|FileHandle)/.test(name))
    .sort();
}

/** Threads and their ports end when the system has ended them, which a busy machine takes its time for; timers are gone at once, or have been forgotten. */
const ENDS_LATER = /^(Worker|MessagePort)$/;

/** Waits, counted in turns of the event loop, until no more than `before` is left. */
export async function nothingLeft(before: readonly string[]): Promise<void> {
  const extra = (): string[] => {
    const known = [...before];
    return resources().filter((name) => !known.includes(name) || known.splice(known.indexOf(name), 1).length === 0);
  };
  for (let turns = 0; turns < 200 && extra().length > 0; turns++) await turn();
  const end = performance.now() + 10_000;
  while (performance.now() < end && extra().length > 0 && extra().every((name) => ENDS_LATER.test(name))) await sleep(1);
  assert.deepEqual(extra(), [], 'a closed pool leaves no thread, port or timer');
}

/** Everything that reached the main process and should not have. */
export const strays: unknown[] = [];
process.on('uncaughtException', (error) => strays.push(error));
process.on('unhandledRejection', (error) => strays.push(error));
process.on('warning', (warning) => strays.push(warning));

/** No task has harmed the main process. */
export async function mainIsUnharmed(): Promise<void> {
  await turn();
  await turn();
  assert.deepEqual(strays.splice(0), [], 'no uncaught exception, unhandled rejection or warning in the main process');
}

/**
 * A pool for one story. When the story is over it is closed, and then nothing may be left of it, and the main process
 * must be unharmed.
 */
export function open(t: TestContext, options: Partial<PoolOptions> = {}): Pool<Misdeeds> {
  const before = resources();
  const pool = new Pool<Misdeeds>({ filename: MISDEEDS, threads: 1, spares: 1, ...options });
  t.after(async () => {
    await pool.close({ force: true });
    await nothingLeft(before);
    await mainIsUnharmed();
  });
  return pool;
}

/** Resolves with the first such event. An idle pool does not keep the process alive, so this does. */
export function once<Name extends PoolEventName>(pool: Pick<Pool, 'once'>, name: Name): Promise<PoolEvents[Name]> {
  const alive = setInterval(() => {}, 60_000);
  return new Promise((resolve) => {
    pool.once(name, (event) => {
      clearInterval(alive);
      resolve(event);
    });
  });
}

/**
 * Resolves once all threads and spares are there and idle, and no others; not before `also` holds. Not every step on the way is an
 * event (an orphan that ends at last emits nothing), so it looks now and then.
 */
export async function whole(pool: Pick<Pool, 'stats'>, threads: number, spares: number, also: () => boolean = () => true): Promise<void> {
  for (;;) {
    const { threads: now, open: unsettled } = pool.stats();
    const extra = now.starting + now.busy + now.stopping + now.orphan + now.dead;
    if (now.ready === threads && now.spare === spares && extra === 0 && unsettled === 0 && also()) return;
    await sleep(2);
  }
}

/** The error that a promise rejects with. */
export async function failure(promise: Promise<unknown>): Promise<Error & { code?: string; cause?: unknown }> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('value' in outcome) assert.fail(`Expected a rejection. Got the value ${JSON.stringify(outcome.value)}.`);
  return outcome.error as Error & { code?: string; cause?: unknown };
}

/** Keeps the main thread from doing anything, timers and messages included; longer than `ms` if `until` does not hold before. */
export function block(ms: number, until: () => boolean = () => true): void {
  // Time in which the machine gives the program no processor counts for no task: the program has to work for as long.
  const cpu = process.cpuUsage();
  const worked = (): number => {
    const { user, system } = process.cpuUsage(cpu);
    return (user + system) / 1_000;
  };
  const end = performance.now() + ms;
  while (performance.now() < end || worked() < ms || !until());
}
