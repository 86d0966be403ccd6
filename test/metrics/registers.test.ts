import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AggregatorRegistry, Counter, Registry } from 'prom-client';
import { CATALOGUE } from '../../src/metrics/catalogue/index.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { lint, read, seriesValue } from './exposition.ts';
import { busy, sourceOf as pool } from './source.ts';

describe('a register of the pool’s own', () => {
  it('shares nothing with prom-client’s global one', async () => {
    const { register } = await import('prom-client');
    const metrics = createMetrics({}, pool());
    assert.notEqual(metrics.register, register);
    assert.equal(register.getSingleMetric('holdfast_health'), undefined);
  });

  it('can still be read when the pool is closed', async () => {
    const metrics = createMetrics({}, busy());
    metrics.close();
    assert.equal(seriesValue(await read(metrics), 'holdfast_queue_length'), 7);
  });
});

describe('a shared register', () => {
  it('keeps two pools apart by the label pool, automatic or chosen', async () => {
    const register = new Registry();
    const first = createMetrics({ register }, pool({ queueLength: 1 }));
    const second = createMetrics({ register }, pool({ queueLength: 2 }));
    const third = createMetrics({ register, labels: { pool: 'third' } }, pool({ queueLength: 3 }));
    const families = await read(register);
    assert.deepEqual(lint(families), []);
    assert.notEqual(first.pool, second.pool);
    assert.equal(third.pool, 'third');
    for (const [metrics, length] of [
      [first, 1],
      [second, 2],
      [third, 3],
    ] as const) {
      assert.equal(seriesValue(families, 'holdfast_queue_length', { pool: metrics.pool }), length);
    }
  });

  it('does not give an automatic name that somebody has chosen', () => {
    const register = new Registry();
    const next = Number(createMetrics({}, pool()).pool.slice('pool-'.length)) + 1;
    createMetrics({ register, labels: { pool: `pool-${next}` } }, pool());
    assert.equal(createMetrics({ register }, pool()).pool, `pool-${next + 1}`);
  });

  it('forgets a pool that is closed, and its metrics with the last one', async () => {
    const register = new Registry();
    const own = new Counter({ name: 'requests_total', help: 'The program’s own.', registers: [register] });
    own.inc(4);
    const a = createMetrics({ register, labels: { pool: 'a' } }, pool());
    const b = createMetrics({ register, labels: { pool: 'b' } }, pool());
    a.close();
    const text = await register.metrics();
    assert.doesNotMatch(text, /pool="a"/);
    assert.match(text, /pool="b"/);
    b.close();
    assert.deepEqual([...(await read(register)).keys()], ['requests_total']);
    b.close();
    createMetrics({ register, labels: { pool: 'a' } }, pool()).close();
  });

  it('refuses a second pool with the same labels, and leaves the register as it was', async () => {
    const register = new Registry();
    createMetrics({ register, labels: { pool: 'a' } }, pool());
    const before = await register.metrics();
    assert.throws(() => createMetrics({ register, labels: { pool: 'a' } }, pool()), {
      name: 'TypeError',
      code: 'ERR_INVALID_OPTION',
      message: /"a"/,
    });
    assert.equal(await register.metrics(), before);
    createMetrics({ register, prefix: 'other_', labels: { pool: 'a' } }, pool());
  });

  it('refuses a name that belongs to a metric of the program', async () => {
    const register = new Registry();
    new Counter({ name: 'holdfast_orphans', help: 'Not ours.', registers: [register] });
    assert.throws(() => createMetrics({ register }, pool()), { code: 'ERR_INVALID_OPTION', message: /holdfast_orphans/ });
    assert.deepEqual([...(await read(register)).keys()], ['holdfast_orphans']);
  });

  it('may be cleared by the program; later pools report again, and closing the old one harms nobody', async () => {
    const register = new Registry();
    const old = createMetrics({ register, labels: { pool: 'old' } }, pool());
    register.clear();
    assert.equal((await register.metrics()).trim(), '');
    createMetrics({ register, labels: { pool: 'new' } }, pool());
    old.close();
    const families = await read(register);
    assert.equal(seriesValue(families, 'holdfast_queue_length', { pool: 'new' }), 0);
    assert.equal(families.size, CATALOGUE.length);
  });
});

describe('what else a prom-client register does', () => {
  it('gives metrics as JSON, in the shape of its own', async () => {
    const { register } = createMetrics({ labels: { pool: 'a' } }, busy());
    const json = await register.getMetricsAsJSON();
    assert.deepEqual(
      json.find((metric) => metric.name === 'holdfast_late_messages_total'),
      {
        name: 'holdfast_late_messages_total',
        help: 'Messages of attempts that had been given up; they were dropped.',
        type: 'counter',
        aggregator: 'sum',
        values: [{ labels: { pool: 'a' }, value: 5 }],
      },
    );
    assert.deepEqual(JSON.parse(JSON.stringify(json)), json);
  });

  it('adds default labels, to the text and to JSON', async () => {
    const { register } = createMetrics({}, busy());
    register.setDefaultLabels({ host: 'h1' });
    assert.equal(seriesValue(await read(register), 'holdfast_queue_length', { host: 'h1' }), 7);
    assert.equal(seriesValue(await read(register), 'holdfast_task_run_seconds_bucket', { host: 'h1', le: '+Inf' }), 6);
    for (const metric of await register.getMetricsAsJSON()) {
      for (const value of metric.values) assert.equal((value.labels as Record<string, unknown>).host, 'h1', metric.name);
    }
  });

  it('hands out a single metric, and its text', async () => {
    const { register } = createMetrics({}, busy());
    const metric = register.getSingleMetric('holdfast_queue_length');
    const { values } = await (metric as unknown as { get(): Promise<{ values: { value: number }[] }> }).get();
    assert.equal(values[0]?.value, 7);
    assert.match(await register.getSingleMetricAsString('holdfast_queue_length'), /^# HELP holdfast_queue_length .*\n# TYPE/);
  });

  it('cannot reset what a pool has counted', async () => {
    const { register } = createMetrics({}, busy());
    register.resetMetrics();
    assert.equal(seriesValue(await read(register), 'holdfast_late_messages_total'), 5);
  });

  it('adds the pools of several processes up', async () => {
    const processes = [busy(), busy()].map((source) => createMetrics({ labels: { pool: 'a' } }, source).register);
    const sent = await Promise.all(
      processes.map(async (register) => JSON.parse(JSON.stringify(await register.getMetricsAsJSON())) as object),
    );
    const families = await read(AggregatorRegistry.aggregate(sent as object[]) as never);
    assert.deepEqual(lint(families), []);
    assert.equal(seriesValue(families, 'holdfast_tasks_accepted_total', { task: 'default' }), 20);
    assert.equal(seriesValue(families, 'holdfast_task_run_seconds_bucket', { le: '0.001' }), 4);
    assert.equal(seriesValue(families, 'holdfast_task_run_seconds_count'), 12);
    assert.equal(seriesValue(families, 'holdfast_retry_budget_available_ratio'), 0.25);
    assert.equal(seriesValue(families, 'holdfast_health', { state: 'degraded' }), 2);
  });

  it('merges the registers of several pools', async () => {
    const a = createMetrics({ prefix: 'a_' }, busy());
    const b = createMetrics({ prefix: 'b_' }, busy());
    const families = await read(Registry.merge([a.register, b.register]));
    assert.equal(families.size, 2 * CATALOGUE.length);
  });

  it('speaks OpenMetrics, where counters lose their ending in the family and keep it in the line', async () => {
    const register = new Registry();
    register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
    const a = createMetrics({ register, labels: { pool: 'a' } }, busy());
    for (let scrape = 0; scrape < 2; scrape++) {
      const text = await register.metrics();
      assert.match(text, /# TYPE holdfast_late_messages counter\nholdfast_late_messages_total\{pool="a"\} 5\n/);
      assert.match(text, /holdfast_task_run_seconds_count\{pool="a"\} 6\n/);
      assert.ok(text.endsWith('# EOF\n'));
    }
    const b = createMetrics({ register, labels: { pool: 'b' } }, busy());
    assert.match(await register.metrics(), /holdfast_late_messages_total\{pool="b"\} 5\n/);
    a.close();
    b.close();
    assert.equal(register.getMetricsAsArray().length, 0);
  });
});
