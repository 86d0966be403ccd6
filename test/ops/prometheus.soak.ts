import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { root } from '../docs/markdown.ts';
import { dashboardQueries, questions } from './queries.ts';
import { cellsTarget, jobTarget, serverWork, threadsTarget } from './targets.ts';

/** Milliseconds after which a query that is still without an answer has none. */
const PATIENCE = 60_000;

/** A Prometheus that scrapes these ports; resolves with where it answers. */
async function prometheus(t: TestContext, ports: readonly number[]): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-prometheus-'));
  const config = `
global: { scrape_interval: 250ms, scrape_timeout: 250ms, evaluation_interval: 250ms }
rule_files: ['${root}ops/prometheus/holdfast.rules.yml']
scrape_configs: [{ job_name: holdfast, static_configs: [{ targets: ${JSON.stringify(ports.map((port) => `127.0.0.1:${port}`))} }] }]
`;
  writeFileSync(join(home, 'prometheus.yml'), config);
  const args = [`--config.file=${home}/prometheus.yml`, `--storage.tsdb.path=${home}/data`, '--web.listen-address=127.0.0.1:0'];
  const child = spawn('prometheus', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  t.after(async () => {
    if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit');
    rmSync(home, { recursive: true, force: true });
  });
  const lines: string[] = [];
  for await (const line of createInterface(child.stderr)) {
    lines.push(line);
    const [, address] = /msg="Listening on" address=(\S+)/.exec(line) ?? [];
    if (address === undefined) continue;
    child.stderr.resume();
    return `http://${address}/api/v1/query`;
  }
  return assert.fail(lines.join('\n'));
}

test('a real Prometheus that scrapes a run has an answer to every question, and to every panel of the dashboard', async (t) => {
  if (spawnSync('prometheus', ['--version']).error !== undefined) {
    t.skip('prometheus is not here (Debian: apt-get install prometheus)');
    return;
  }
  const serving = await serverWork(t);
  const targets = [await threadsTarget(t), await cellsTarget(t), await jobTarget(t)];
  const url = await prometheus(
    t,
    targets.map(({ port }) => port),
  );
  const ask = async (query: string): Promise<{ readonly value: readonly [number, string] }[]> => {
    const answer = await fetch(url, { method: 'POST', body: new URLSearchParams({ query }) });
    const { status, data, error } = (await answer.json()) as { status: string; data: { result: never[] }; error?: string };
    assert.equal(status, 'success', `${query}: ${error}`);
    return data.result;
  };
  const queries = new Set([...questions().map(({ query }) => query), ...dashboardQueries().map(({ expr }) => expr)]);

  const over = new AbortController();
  const working = Promise.all([serving, ...targets.map(({ work }) => work)].map((work) => work(over.signal)));
  try {
    const until = performance.now() + PATIENCE;
    for (const query of queries) {
      while ((await ask(query)).length === 0) {
        assert.ok(performance.now() < until, `no answer: ${query}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    for (const question of ['holdfast:kills:increase1h', 'holdfast:wrong_results:increase1d', 'holdfast:hedges_won:share1h'])
      assert.ok((await ask(question)).length > 0, question);
    // At every scrape, whatever went on meanwhile.
    for (const [more, sum] of [
      ['holdfast_attempts_started_total', 'sum(holdfast_attempts_total) + sum(holdfast_attempts_running)'],
      ['holdfast_tasks_accepted_total', 'sum(holdfast_tasks_settled_total) + sum(holdfast_open_tasks)'],
      ['holdfast_task_total_seconds_count', 'sum(holdfast_tasks_settled_total)'],
      ['holdfast_task_run_seconds_count', 'sum(holdfast_attempts_total)'],
    ]) {
      const off = await ask(`max_over_time(abs(sum(${more}) - (${sum}))[1h:250ms])`);
      assert.deepEqual(
        off.map(({ value }) => value[1]),
        ['0'],
        `${more} is ${sum}`,
      );
    }
  } finally {
    over.abort();
    await working;
  }
});
