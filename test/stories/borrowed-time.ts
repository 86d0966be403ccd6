import type { TestContext } from 'node:test';
import type { Script } from '../simulation/world/scripted.ts';

/** p-retry takes its timer and its chance from the globals: until the test is over they are the script's. */
export function lendTime(t: TestContext, script: Script): void {
  t.mock.method(globalThis, 'setTimeout', (fn: () => void, ms: number) => script.clock.setTimeout(fn, ms));
  t.mock.method(globalThis, 'clearTimeout', (timer: never) => script.clock.clearTimeout(timer));
  t.mock.method(Math, 'random', () => 0.5);
}
