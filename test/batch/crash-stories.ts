import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import type { SyncRule } from '../../src/batch/journal/journal.ts';
import { hash32, type Random } from '../../src/core/random.ts';
import { type Ending, World, type WorldOptions } from './world.ts';

/** Lines of a small job: mostly numbers, some of which fail, some bad lines, some blank ones. */
export function smallInput(lines: number): { text: string; tasks: number } {
  let text = '';
  let tasks = 0;
  for (let i = 0; i < lines; i++) {
    if (i % 23 === 5) text += '\n';
    if (i % 17 === 3) text += `{"torn ${i}\n`;
    else text += `{"n":${i},"pad":"${'x'.repeat(i % 90)}"}\n`;
    tasks++;
  }
  return { text, tasks };
}

/** Always does the same with the same line: every seventh fails. */
export function smallTask(value: unknown): unknown {
  const { n } = value as { n: number };
  if (n % 7 === 2) throw new TypeError(`no ${n}`);
  return { square: n * n, hash: hash32(n) };
}

function linesOf(bytes: Buffer | undefined, path: string): string[] {
  if (bytes === undefined) return [];
  const text = (path.endsWith('.gz') && bytes.length > 0 ? gunzipSync(bytes) : bytes).toString();
  assert.ok(text === '' || text.endsWith('\n'), `${path} ends in a torn line`);
  return text.split('\n').slice(0, -1);
}

export interface Outcome {
  readonly results: string[];
  readonly failed: string[];
}

/** What a finished job has left, checked: every index once, in one of the two files. */
export function outcomeOf(world: World, tasks: number, out: string, failed: string): Outcome {
  const results = linesOf(world.disk.get(out), out);
  const letters = linesOf(world.disk.get(failed), failed);
  const indexes = [...results, ...letters].map((line) => (JSON.parse(line) as { index: number }).index).sort((a, b) => a - b);
  assert.deepEqual(
    indexes,
    Array.from({ length: tasks }, (_, i) => i),
  );
  return { results, failed: letters };
}

/** The failures, without what differs from run to run. */
function gist(letters: string[]): string[] {
  return letters.map((line) => {
    const { index, line: number, input, raw, kind } = JSON.parse(line) as Record<string, unknown>;
    return JSON.stringify([index, number, input, raw, kind]);
  });
}

export function assertSameOutcome(got: Outcome, expected: Outcome, ordered: boolean): void {
  const arrange = (lines: string[]) => (ordered ? lines : [...lines].sort());
  assert.deepEqual(arrange(got.results), arrange(expected.results));
  assert.deepEqual(arrange(gist(got.failed)), arrange(gist(expected.failed)));
}

/** Resumes until the job is done; each life but the last ones may be killed too, and the power may go with it. */
export async function resumeToEnd(
  world: World,
  options: WorldOptions,
  random: Random,
  powerCuts: boolean,
): Promise<Ending & { how: 'ended' }> {
  for (let lives = 0; ; lives++) {
    assert.ok(lives < 50, 'The job does not end.');
    const fate = lives < 3 && random() < 0.5 ? { killAt: 1 + Math.floor(random() * 120) } : {};
    const ending = await world.run({ ...options, resume: true }, fate);
    if (ending.how === 'failed') throw ending.error;
    if (ending.how === 'ended') return ending;
    if (powerCuts) world.disk.cutPower();
  }
}

export interface CrashPlan {
  readonly out: string;
  readonly ordered: boolean;
  readonly powerCuts: boolean;
  readonly sync: SyncRule;
  readonly lines: number;
  /** Every so manieth system call is one at which the first life ends. */
  readonly stride: number;
}

/** Kills one job at one system call after the other, resumes it each time, and compares with an undisturbed run. */
export async function killEverywhere(plan: CrashPlan, random: Random): Promise<number> {
  const { out, ordered, powerCuts, sync, stride } = plan;
  const { text, tasks } = smallInput(plan.lines);
  const failed = out.replace('.ndjson', '.failed.ndjson');
  const options = { out, ordered, sync };
  const calm = new World(random, smallTask, text);
  const { calls, how } = await calm.run(options);
  assert.equal(how, 'ended');
  const expected = outcomeOf(calm, tasks, out, failed);
  let kills = 0;
  for (let killAt = 1 + Math.floor(random() * stride); killAt <= calls; killAt += stride) {
    const world = new World(random, smallTask, text);
    const first = await world.run(options, { killAt });
    if (first.how === 'failed') throw first.error;
    if (powerCuts) world.disk.cutPower();
    await resumeToEnd(world, options, random, powerCuts);
    assertSameOutcome(outcomeOf(world, tasks, out, failed), expected, ordered);
    kills++;
  }
  return kills;
}
