import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { idealGoodput } from '../../bench/ideal/formulas.ts';
import { act, type BenchOptions } from '../../src/cli/bench/action.ts';
import { bestOf, crashCostOf, expectedAt, keptOf, type Row, timeoutFor } from '../../src/cli/bench/findings.ts';
import { readSample } from '../../src/cli/bench/sample.ts';
import { findingsText } from '../../src/cli/bench/words.ts';
import { systemClock } from '../../src/core/time/system-clock.ts';
import { oneIn } from '../soak.ts';

const test = oneIn(3, import.meta.url);

const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const row = (more: Partial<Row>): Row => ({ threads: 2, spares: 1, clean: 1000, crashing: 800, failed: 0, sent: 100, p99: 5, ...more });

test('the cost of a crash is what the closed form was given', () => {
  const [threads, rate, costMs] = [2, 0.01, 40];
  const crashing = idealGoodput(threads, 2, [{ probability: rate, detectionMs: 0, replacementMs: costMs }]);
  const measured = row({ threads, clean: idealGoodput(threads, 2), crashing });
  assert.ok(Math.abs(crashCostOf(measured, rate) - costMs) < 1e-9);
  const atFive = idealGoodput(threads, 2, [{ probability: 0.05, detectionMs: 0, replacementMs: costMs }]);
  assert.ok(Math.abs(expectedAt(measured, rate, 0.05) - atFive) < 1e-9);
});

test('crashes that seem to speed things up are noise, and cost nothing', () => {
  assert.equal(crashCostOf(row({ clean: 1000, crashing: 1010 }), 0.01), 0);
});

test('the best setting keeps most; of equals it is the smaller', () => {
  const [small, big] = [row({ threads: 2, spares: 0, crashing: 897 }), row({ threads: 2, spares: 2, crashing: 900 })];
  assert.equal(bestOf([row({ crashing: 700 }), big, small]), small);
  assert.equal(bestOf([row({ crashing: 700 }), big]), big);
  assert.equal(keptOf(row({ clean: 0 })), 0);
});

test('a proposed time-out has room, and two digits', () => {
  assert.equal(timeoutFor(0.3), 100);
  assert.equal(timeoutFor(11.2), 230);
  assert.equal(timeoutFor(1234), 25_000);
});

test('a sample is read line by line, empty ones left out', () => {
  assert.deepEqual(readSample(file('good.ndjson', '1\n\n{"a":2}\nnull\n')), [1, { a: 2 }, null]);
});

test('a sample that cannot be used says where and why', () => {
  assert.throws(() => readSample(file('bad.ndjson', '1\n{oops\n')), /line 2 of .*bad\.ndjson/);
  assert.throws(() => readSample(file('empty.ndjson', '\n')), /at least one line/);
  assert.throws(() => readSample(join(folder, 'none.ndjson')), /cannot be read/);
});

test('the findings name the setting, what it keeps and what to expect of it', () => {
  const words = findingsText({ task: 'my.js', inputs: 1, crashRate: 0.01, alone: { p50: 2, slowest: 3 }, rows: [row({})] });
  assert.match(words, /my\.js, 1 input: 2\.00 ms a task/);
  assert.match(words, /\{ threads: 2, spares: 1 \} keeps 800\/s, 80 % of 1,000\/s/);
  assert.match(words, /at 0\.1 %, .* at 5 %, .* at 10 %/);
});

const options = (more: Partial<BenchOptions>): BenchOptions => ({
  task: fileURLToPath(new URL('./fixtures/half.js', import.meta.url)),
  input: file('sample.ndjson', '2\n4\n'),
  threads: [1],
  spares: [0],
  crashes: 0.05,
  time: 300,
  seed: 1,
  json: true,
  ...more,
});

const heard = () => {
  const said: string[] = [];
  const printed: string[] = [];
  return { said, printed, voice: { say: (text: string) => void said.push(text), print: (text: string) => void printed.push(text) } };
};

test("a user's task is tried with and without crashes", async () => {
  const { printed, voice } = heard();
  assert.equal(await act(options({}), systemClock, voice), 0);
  const findings = JSON.parse(printed.join(''));
  assert.equal(findings.inputs, 2);
  assert.equal(findings.rows.length, 1);
  assert.ok(findings.rows[0].clean > 0 && findings.rows[0].crashing > 0, printed.join(''));
  assert.deepEqual(findings.best, { threads: 1, spares: 0 });
});

test('a task that never succeeds is told, not measured', async () => {
  const { said, voice } = heard();
  assert.equal(await act(options({ input: file('odd.ndjson', '"odd"\n') }), systemClock, voice), 2);
  assert.match(said.join('\n'), /did not succeed once: not a number/);
});

test('a task module that does not load is told', async () => {
  const { said, voice } = heard();
  assert.equal(await act(options({ task: join(folder, 'nowhere.js') }), systemClock, voice), 2);
  assert.match(said.join('\n'), /nowhere\.js/);
});
