import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Tally } from '../../src/core/counting/tally.ts';
import { ATTEMPT_ENDS, FAILURE_KINDS, REFUSAL_REASONS } from '../../src/core/failure.ts';
import { CATALOGUE } from '../../src/metrics/catalogue/index.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { HEALTH_STATES, type MetricsSource, THREAD_STATES } from '../../src/metrics/source.ts';
import { lint, read, seriesValue } from './exposition.ts';
import { busy, sourceOf as pool, QUIET } from './source.ts';

describe('the metrics of a pool', () => {
  it('pass the checker, idle and busy', async () => {
    for (const source of [pool(), busy()]) assert.deepEqual(lint(await read(createMetrics({}, source))), []);
  });

  it('are exactly those of the catalogue, with its help and types', async () => {
    const families = await read(createMetrics({}, busy()));
    assert.deepEqual(
      Array.from(families.values(), ({ name, help, type }) => ({ name, help, type })),
      CATALOGUE.map(({ name, help, type }) => ({ name: `holdfast_${name}`, help, type })),
    );
  });

  it('carry the labels of the catalogue and pool, and no others', async () => {
    const families = await read(createMetrics({}, busy()));
    for (const { name, labels } of CATALOGUE) {
      const { lines } = families.get(`holdfast_${name}`)!;
      // Those of nodes are there only for pools that have some.
      assert.ok(lines.length > 0 || /^(nodes$|node_|shared_domains_)/.test(name), `${name} has no series`);
      for (const line of lines) {
        const { le: _, ...present } = line.labels;
        const expected = ['pool', ...labels.filter((label) => label !== 'module')];
        assert.deepEqual(Object.keys(present).sort(), expected.sort(), name);
      }
    }
  });

  it('end in their unit', () => {
    for (const { name, unit, type } of CATALOGUE) {
      if (type === 'histogram') assert.equal(unit, 'seconds', name);
      if (unit !== undefined) assert.ok(name.replace(/_total$/, '').endsWith(`_${unit}`), name);
      else assert.doesNotMatch(name, /_(?:seconds|bytes|ratio)$/);
    }
  });

  it('show what the tally counted, in base units', async () => {
    const families = await read(createMetrics({ labels: { pool: 'a' } }, busy()));
    const at = (name: string, labels: Record<string, string> = {}): number | undefined =>
      seriesValue(families, `holdfast_${name}`, { pool: 'a', ...labels });
    assert.equal(at('tasks_accepted_total', { task: 'default' }), 10);
    assert.equal(at('tasks_refused_total', { reason: 'queue_full' }), 3);
    assert.equal(at('tasks_settled_total', { outcome: 'ok' }), 6);
    assert.equal(at('tasks_settled_total', { outcome: 'timeout_run' }), 1);
    assert.equal(at('tasks_settled_total', { outcome: 'timeout_total' }), 1);
    assert.equal(at('tasks_settled_total', { outcome: 'timeout_queue' }), 0);
    assert.equal(at('attempts_total', { kind: 'ok' }), 5);
    assert.equal(at('attempts_total', { kind: 'crash' }), 1);
    assert.equal(at('attempts_started_total'), 8);
    assert.equal(at('attempts_running'), 2);
    assert.equal(at('attempt_thread_seconds_total', { use: 'failed' }), 700);
    assert.equal(at('attempt_thread_seconds_total', { use: 'result' }), 0.043);
    assert.equal(at('attempt_thread_seconds_total', { use: 'copy' }), 0.007);
    assert.equal(at('thread_busy_seconds_total'), 90);
    assert.equal(at('retries_total'), 3);
    assert.equal(at('task_run_seconds_bucket', { le: '0.0005' }), 1);
    assert.equal(at('task_run_seconds_bucket', { le: '0.001' }), 2);
    assert.equal(at('task_run_seconds_bucket', { le: '0.0025' }), 3);
    assert.equal(at('task_run_seconds_bucket', { le: '600' }), 5);
    assert.equal(at('task_run_seconds_bucket', { le: '+Inf' }), 6);
    assert.equal(at('task_run_seconds_sum'), 700.05);
    assert.equal(at('task_total_seconds_count'), 1);
    assert.equal(at('open_tasks'), 12);
    assert.equal(at('oldest_waiting_task_seconds'), 1.5);
    assert.equal(at('longest_running_attempt_seconds'), 30);
    assert.equal(at('restarts_left'), 1);
    assert.equal(at('queue_limit'), 1_000);
    assert.equal(at('thread_heap_bytes', { slot: '0' }), 5_000_000);
    assert.equal(at('info', { version: 'version' }), 1);
    assert.equal(at('task_queue_seconds_sum'), 0.003);
    assert.equal(at('thread_startup_seconds_sum'), 0.028);
    assert.equal(at('takeover_seconds_count'), 1);
    assert.equal(at('thread_starts_total', { reason: 'replacement' }), 4);
    assert.equal(at('thread_exits_total', { reason: 'crash' }), 4);
    assert.equal(at('conflicts_total', { verdict: 'quorum' }), 1);
    assert.equal(at('ballots_total', { result: 'agreed' }), 2);
    assert.equal(at('hedges_total', { won: 'true' }), 1);
    assert.equal(at('late_messages_total'), 5);
    assert.equal(at('queue_length'), 7);
    assert.equal(at('threads', { state: 'busy' }), 2);
    assert.equal(at('orphans'), 1);
    assert.equal(at('quarantined_keys'), 3);
    assert.equal(at('retry_budget_available_ratio'), 0.25);
  });

  it('say which state of health the pool is in, and which not', async () => {
    const families = await read(createMetrics({}, busy()));
    const states = HEALTH_STATES.map((state) => seriesValue(families, 'holdfast_health', { state }));
    assert.deepEqual(states, [0, 0, 1, 0, 0]);
  });

  it('show every known label value from the start, as 0', async () => {
    const source = pool();
    source.tally.task('default');
    const families = await read(createMetrics({}, source));
    const outcomes = FAILURE_KINDS.filter((kind) => kind !== 'rejected').flatMap((kind) =>
      kind === 'timeout' ? ['timeout_run', 'timeout_queue', 'timeout_total'] : kind,
    );
    for (const outcome of ['ok', ...outcomes]) assert.equal(seriesValue(families, 'holdfast_tasks_settled_total', { outcome }), 0);
    for (const kind of ATTEMPT_ENDS) assert.equal(seriesValue(families, 'holdfast_attempts_total', { kind }), 0);
    for (const reason of REFUSAL_REASONS) assert.equal(seriesValue(families, 'holdfast_tasks_refused_total', { reason }), 0);
    for (const state of THREAD_STATES) assert.equal(seriesValue(families, 'holdfast_threads', { state }), 0);
    assert.equal(seriesValue(families, 'holdfast_thread_exits_total', { reason: 'outvoted' }), 0);
  });

  it('are read at the scrape, and not before', async () => {
    const source = pool();
    let asked = 0;
    const metrics = createMetrics({}, { ...source, gauges: () => ({ ...QUIET, queueLength: ++asked }) });
    assert.equal(asked, 0);
    source.tally.lateMessages = 1;
    assert.equal(seriesValue(await read(metrics), 'holdfast_late_messages_total'), 1);
    source.tally.lateMessages = 2;
    assert.equal(seriesValue(await read(metrics), 'holdfast_late_messages_total'), 2);
    assert.ok(asked > 0);
  });

  it('survive an export with a hostile name', async () => {
    const source = pool();
    const name = 'a "quoted"\\name\nwith a line feed';
    source.tally.task(name).accepted = 1;
    source.tally.task('__proto__').accepted = 2;
    const families = await read(createMetrics({}, source));
    assert.deepEqual(lint(families), []);
    assert.equal(seriesValue(families, 'holdfast_tasks_accepted_total', { task: name }), 1);
    assert.equal(seriesValue(families, 'holdfast_tasks_accepted_total', { task: '__proto__' }), 2);
  });

  it('of an export are at most 40 series, whatever has happened to it, and 29 if it neither votes nor hedges', async () => {
    const [plain, all] = [pool(), pool()];
    plain.tally.task('one');
    const task = all.tally.task('one');
    task.votes = true;
    task.hedged = true;
    for (const kind of FAILURE_KINDS) if (kind !== 'rejected') task.rejectedBy(kind, kind === 'timeout' ? 'run' : undefined);
    for (const end of ATTEMPT_ENDS) task.attemptEnded(end, 1, false);
    for (const kind of FAILURE_KINDS) task.retries.add(kind);
    const seriesOf = async (source: MetricsSource): Promise<number> => {
      const families = await read(createMetrics({}, source));
      return Array.from(families.values(), ({ lines }) => lines.filter(({ labels }) => labels.task === 'one').length).reduce(
        (a, b) => a + b,
      );
    };
    assert.deepEqual([await seriesOf(plain), await seriesOf(all)], [29, 40]);
  });

  it('have the buckets that were asked for, of the pool or of each export', async () => {
    const tally = new Tally({ buckets: [0.5, 1], histograms: 'task' });
    tally.task('a').attemptEnded('ok', 700, false);
    tally.task('b').attemptEnded('ok', 1_200, false);
    const families = await read(createMetrics({}, pool({}, tally)));
    assert.deepEqual(lint(families), []);
    const { lines } = families.get('holdfast_task_run_seconds')!;
    const buckets = lines.filter(({ name }) => name.endsWith('_bucket')).map(({ labels, value }) => [labels.task, labels.le, value]);
    assert.deepEqual(buckets, [
      ['a', '0.5', 0],
      ['a', '1', 1],
      ['a', '+Inf', 1],
      ['b', '0.5', 0],
      ['b', '1', 0],
      ['b', '+Inf', 1],
    ]);
  });

  it('do not grow without end, however many names tasks are given', async () => {
    const source = pool();
    for (let i = 0; i < 5_000; i++) source.tally.task(`name-${i}`).accepted++;
    source.tally.task('name-3').accepted++;
    const families = await read(createMetrics({}, source));
    const { lines } = families.get('holdfast_tasks_accepted_total')!;
    assert.equal(lines.length, 101);
    assert.equal(seriesValue(families, 'holdfast_tasks_accepted_total', { task: 'name-3' }), 2);
    assert.equal(seriesValue(families, 'holdfast_tasks_accepted_total', { task: '(others)' }), 4_900);
  });

  it('take a prefix and constant labels', async () => {
    const families = await read(createMetrics({ prefix: 'jobs_', labels: { pool: 'resize', team: 'media' } }, busy()));
    assert.ok([...families.keys()].every((name) => name.startsWith('jobs_')));
    assert.equal(seriesValue(families, 'jobs_queue_length', { pool: 'resize', team: 'media' }), 7);
  });

  it('tell the content type of the register', () => {
    assert.match(createMetrics({}, pool()).contentType, /^text\/plain; version=0\.0\.4/);
  });
});

describe('metrics: false', () => {
  it('reports nothing, and can be asked all the same', async () => {
    const metrics = createMetrics(false, pool());
    assert.equal(await metrics.metrics(), '');
    assert.equal((await metrics.register.getMetricsAsJSON()).length, 0);
    assert.match(metrics.contentType, /^text\/plain/);
    metrics.close();
  });
});

describe('bad options of metrics', () => {
  const refused = (options: object, message: RegExp): void =>
    assert.throws(() => createMetrics(options, pool()), { name: 'TypeError', code: 'ERR_INVALID_OPTION', message });

  it('are refused with Expected and Got', () => {
    refused({ register: {} }, /metrics\.register: Expected a Registry of prom-client\. Got object/);
    refused({ prefix: '9lives' }, /metrics\.prefix: Expected .* Got "9lives"/);
    refused({ prefix: 'my-app_' }, /Got "my-app_"/);
    refused({ labels: { 'a-b': 'x' } }, /metrics\.labels: Expected .* Got "a-b"/);
    refused({ labels: { __name__: 'x' } }, /Got "__name__"/);
    refused({ labels: { task: 'x' } }, /Expected other names than le, task/);
    refused({ labels: { le: 'x' } }, /Got "le"/);
    refused({ labels: { pool: 7 } }, /metrics\.labels\.pool: Expected a string\. Got number/);
  });
});
