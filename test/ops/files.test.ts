import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { JOB_METRICS } from '../../src/cli/run/job/job-metrics.ts';
import { CATALOGUE } from '../../src/metrics/catalogue/index.ts';
import { SERVERS } from '../../src/metrics/catalogue/servers.ts';
import { page, root, rows } from '../docs/markdown.ts';
import { oneIn } from '../soak.ts';
import { dashboardQueries, questions, rules } from './queries.ts';

const series = new Set(
  [...CATALOGUE, ...JOB_METRICS, ...SERVERS].flatMap(({ name, type }) =>
    type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name],
  ),
);
const asked = (text: string): string[] => Array.from(text.matchAll(/\bholdfast_([a-z]\w*)/g), ([, name]) => name!);

describe('the files for those who run it', () => {
  it('ask for metrics that there are', () => {
    for (const { expr } of [...rules(), ...dashboardQueries()]) {
      for (const name of asked(expr)) assert.ok(series.has(name), `${name}, in ${expr}`);
    }
  });

  it('leave out no metric that a dashboard or a rule has a use for', () => {
    const used = new Set([...rules(), ...dashboardQueries()].flatMap(({ expr }) => asked(expr)));
    const unused = [...CATALOGUE, ...SERVERS]
      .map(({ name }) => name)
      .filter((name) => ![name, `${name}_bucket`, `${name}_sum`].some((one) => used.has(one)));
    // What they count is part of what others tell, or of use to those who look for a fault.
    const known = [
      'tasks_accepted_total',
      'attempts_started_total',
      'attempts_running',
      'spare_slots',
      'conflicts_total',
      'late_messages_total',
      'quarantined_keys',
      'node_frames_total',
      'node_bytes_total',
      'node_late_frames_total',
      'node_late_beats_total',
      'node_reruns_total',
      'shared_domains_total',
      'server_late_replies_total',
      'server_log_messages',
      'server_timers',
    ];
    assert.deepEqual(
      unused.filter((name) => !known.includes(name)),
      [],
    );
  });

  it('answer every question of docs/metrics.md by a recording rule, with the same query, and by a panel', () => {
    const recorded = rules().filter(({ record }) => record !== undefined);
    assert.deepEqual(
      recorded.map(({ expr }) => expr),
      questions().map(({ query }) => query),
    );
    const titles = dashboardQueries().map(({ title }) => title);
    for (const { question } of questions()) assert.ok(titles.includes(question), question);
  });

  it('have a unit test for each alert, and for each question', () => {
    const tests = readFileSync(`${root}ops/prometheus/holdfast.test.yml`, 'utf8');
    for (const { alert, record } of rules()) assert.ok(tests.includes(alert ?? record!), alert ?? record);
  });

  it('stand in the readme of their folder, and in the package', () => {
    const listed = rows(page('ops/README.md')).map(({ file }) => /\((.*)\)/.exec(file!)![1]);
    for (const file of listed) assert.ok(readFileSync(`${root}ops/${file}`, 'utf8').length > 0);
    const { files } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { files: string[] };
    assert.ok(files.includes('ops'));
  });

  oneIn(3, import.meta.url)('pass promtool: their syntax, and their unit tests', (t) => {
    const { error } = spawnSync('promtool', ['--version']);
    if (error !== undefined) {
      t.skip('promtool is not here (Debian: apt-get install prometheus)');
      return;
    }
    for (const args of [
      ['check', 'rules', 'holdfast.rules.yml'],
      ['test', 'rules', 'holdfast.test.yml'],
    ]) {
      const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: `${root}ops/prometheus`, encoding: 'utf8' });
      assert.equal(status, 0, `${stdout}\n${stderr}`);
    }
  });
});
