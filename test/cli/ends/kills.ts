import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../../src/core/random.ts';
import type { BatchInput } from '../../fixtures/batch/batch-task.ts';
import { Holdfast, managerOf, recordsOf, TASK } from '../command.ts';

const LINES = 400;

function inputOf(n: number): BatchInput {
  const how = n % 29 === 11 ? 'throw' : n % 97 === 31 ? 'crash once' : undefined;
  return { n, ms: n % 7, ...(how && { how }) };
}

/** The results of an undisturbed run in order, byte for byte. */
function expectedResults(): string {
  const good = Array.from({ length: LINES }, (_, n) => n).filter((n) => n % 29 !== 11);
  return good.map((n) => `{"index":${n},"value":{"n":${n},"square":${n * n}}}\n`).join('');
}

export interface KillReport {
  kills: number;
  managers: number;
  supervisors: number;
  jobs: number;
}

function draw(random: Random): 'managers' | 'supervisors' {
  return random() < 0.5 ? 'managers' : 'supervisors';
}

/** False if there is no such process, or none any more. */
function kill(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

async function oneJob(directory: string, ordered: boolean, random: Random, report: KillReport, wanted: number): Promise<void> {
  const out = join(directory, `out-${report.jobs}.ndjson`);
  const args = ['run', TASK, join(directory, 'in.ndjson'), '-o', out, '--threads', '2', '--resume', ...(ordered ? ['--ordered'] : [])];
  for (;;) {
    const call = new Holdfast(args, { cwd: directory, input: '' });
    let over = false;
    void call.ended.then(() => {
      over = true;
    });
    let victim = draw(random);
    // The instants are drawn, and cover start, recovery, work and end.
    while (!over && report.kills < wanted) {
      await sleep(random() * 700);
      if (over || !kill(victim === 'managers' ? managerOf(out) : call.process.pid)) continue;
      report.kills++;
      report[victim]++;
      if (victim === 'supervisors') break;
      victim = draw(random);
    }
    const { code, signal } = await call.ended;
    if (signal === 'SIGKILL' || code === 3) continue;
    assert.equal(code, 1, call.stderr);
    break;
  }
  check(out, ordered);
}

function check(out: string, ordered: boolean): void {
  const failed = out.replace('.ndjson', '.failed.ndjson');
  const results = readFileSync(out, 'utf8');
  if (ordered) assert.equal(results, expectedResults());
  else assert.deepEqual(results.split('\n').sort(), expectedResults().split('\n').sort());
  const indexes = [...recordsOf(out), ...recordsOf(failed)].map(({ index }) => index).sort((a, b) => a - b);
  assert.deepEqual(
    indexes,
    Array.from({ length: LINES }, (_, n) => n),
  );
  assert.ok(!existsSync(`${out}.lock`));
}

/** Kills managers and supervisors at drawn instants, resumes, and checks each finished job, until enough were killed. */
export async function killAndResume(directory: string, random: Random, kills: number): Promise<KillReport> {
  const lines = Array.from({ length: LINES }, (_, n) => `${JSON.stringify(inputOf(n))}\n`);
  writeFileSync(join(directory, 'in.ndjson'), lines.join(''));
  const report: KillReport = { kills: 0, managers: 0, supervisors: 0, jobs: 0 };
  while (report.kills < kills) {
    await oneJob(directory, report.jobs % 2 === 0, random, report, kills);
    report.jobs++;
  }
  return report;
}
