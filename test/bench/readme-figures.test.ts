import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { further } from '../soak.ts';

const script = fileURLToPath(new URL('../../../scripts/readme-figures.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'holdfast-readme-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const spread = (value: number) => ({ median: value, low: value, high: value, runs: 3 });
const cell = (name: string, variant: string, contender: string, status: string, figures: Record<string, number>) => ({
  case: name,
  variant,
  contender,
  status,
  rounds: 3,
  figures: Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, spread(value)])),
});
const json = join(folder, 'bench.json');
writeFileSync(
  json,
  JSON.stringify({
    meta: {
      cpu: 'a CPU',
      cores: 2,
      node: 'v20',
      threads: 2,
      rounds: 3,
      units: { done: 7, of: 9 },
      seconds: 600,
      versions: { piscina: '5.3.2' },
      command: 'npm run bench',
    },
    goals: [
      { id: 'a', goal: 'as fast as a | can be', verdict: 'pass', measured: 'faster' },
      { id: 'b', goal: 'small', verdict: 'short', measured: 'large' },
    ],
    cells: [
      cell('outcomes', 'loops forever', 'holdfast', 'ok', { settled: 1000, right: 1000, failed: 0, wrong: 0, unanswered: 0 }),
      cell('outcomes', 'loops forever', 'piscina', 'hung', { settled: 81, right: 18, failed: 63, wrong: 0, unanswered: 919 }),
      cell('outcomes', 'loops forever', 'poolifier', 'died', {}),
      cell('noop', '256 in flight', 'holdfast', 'ok', { tasksPerSecond: 410_000 }),
      cell('noop', '256 in flight', 'piscina', 'ok', { tasksPerSecond: 9_876 }),
      cell('faults', 'hang 1 %', 'holdfast', 'ok', { shareOfIdeal: 0.953, innocentsFailed: 0 }),
      cell('faults', 'hang 1 %', 'piscina', 'ok', { shareOfIdeal: 0.5, innocentsFailed: 14 }),
      cell('faults', 'hang 1 %', 'poolifier', 'hung', {}),
      cell('faults', 'exit 10 %', 'holdfast', 'ok', { shareOfIdeal: 0.67 }),
      cell('faults', 'hang 1 %', 'piscina+glue', 'ok', { shareOfIdeal: 0.9 }),
      cell('faults', 'exit 10 %', 'piscina+glue', 'ok', { shareOfIdeal: 0.87 }),
    ],
  }),
);

const paired = join(folder, 'paired.json');
writeFileSync(paired, JSON.stringify({ short: '| holdfast | 26 (24 to 29) |', tables: '**A scene** (9 rounds)' }));

interface Files {
  run(...more: string[]): ReturnType<typeof spawnSync>;
  /** The README's own. */
  text(): string;
  docs(): string;
}

function readme(text: string): Files {
  const path = join(folder, 'README.md');
  const docs = join(folder, 'benchmark.md');
  writeFileSync(path, text);
  writeFileSync(
    docs,
    '<!-- paired:start --><!-- paired:end -->\n<!-- figures:start --><!-- figures:end -->\n<!-- goals:start --><!-- goals:end -->\n',
  );
  const own = [script, '--json', json, '--paired', paired, '--readme', path, '--docs', docs];
  return {
    run: (...more) => spawnSync(process.execPath, [...own, ...more], { encoding: 'utf8' }),
    text: () => readFileSync(path, 'utf8'),
    docs: () => readFileSync(docs, 'utf8'),
  };
}

const BEFORE =
  '# Title\n<!-- outcomes:start -->\nold\n<!-- outcomes:end -->\nbetween\n<!-- speed:start -->\nold\n<!-- speed:end -->\nafter\n';

test('the sections between the markers are made from the data, and nothing else is touched', () => {
  const { run, text } = readme(BEFORE);
  assert.equal(run().status, 0);
  assert.match(text(), /^# Title\n<!-- outcomes:start -->\n/);
  assert.match(text(), /<!-- outcomes:end -->\nbetween\n<!-- speed:start -->/);
  assert.match(text(), /<!-- speed:end -->\nafter\n$/);
  assert.doesNotMatch(text(), /\bold\b/);
  assert.match(text(), /\| loops forever \| \*\*1,000 right\*\* \| 18 right, 63 failed, 919 hung \| died \|/);
  assert.match(text(), /<!-- speed:start -->\n\| holdfast \| 26 \(24 to 29\) \|\n<!-- speed:end -->/);
});

test('the page of the benchmark has all faults, and the goals with what came of them and of how much of a run', () => {
  const { run, docs } = readme(BEFORE);
  run();
  assert.match(docs(), /<!-- paired:start -->\n\*\*A scene\*\* \(9 rounds\)\n<!-- paired:end -->/);
  assert.match(docs(), /\| holdfast \| 410 k \|/);
  assert.match(docs(), /\| hang 1 % \| 95 % \| 50 % \(14 innocent\) \| hung \| 90 % \|/);
  assert.match(docs(), /In 2 of 2 combinations/);
  assert.match(docs(), /in 1 of 2;\nthe worst for it was exit 10 %, with 67 % against 87 %\./);
  assert.match(docs(), /10 minutes on a CPU, 2 cores, Node v20, 2 threads, 3 rounds, stopped after 7 of its 9 processes:/);
  assert.match(docs(), /\| as fast as a \\\| can be \| pass \| faster \|\n\| small \| \*\*short\*\* \| large \|/);
});

test('made twice it stays the same, and the check agrees', () => {
  const { run, text } = readme(BEFORE);
  run();
  const once = text();
  assert.equal(run('--check').status, 0);
  run();
  assert.equal(text(), once);
});

further('the check fails for figures that were written by hand', () => {
  const { run, text } = readme(BEFORE);
  assert.equal(run('--check').status, 1);
  assert.equal(text(), BEFORE);
});

test('a README without markers is left alone, with advice', () => {
  const { run, text } = readme('# Title\n');
  const { status, stderr } = run();
  assert.equal(status, 1);
  assert.match(String(stderr), /outcomes:start/);
  assert.equal(text(), '# Title\n');
});
