import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe } from 'node:test';
import { Registry } from 'prom-client';
import type { CrashReport } from '../../src/core/events.ts';
import { Pool } from '../../src/pool/pool.ts';
import { lint, parseExposition, seriesValue } from '../metrics/exposition.ts';
import { oneIn } from '../soak.ts';

const it = oneIn(4, import.meta.url);

const filename = new URL('../fixtures/tasks.js', import.meta.url);

/** Waits for the next event of a name. */
function next(pool: Pool, name: 'crash' | 'recovered'): Promise<unknown> {
  return new Promise((resolve) => pool.once(name, resolve));
}

describe('a crash report', () => {
  const report = async (run: (pool: Pool) => Promise<unknown>): Promise<CrashReport> => {
    await using pool = new Pool({ filename, threads: 1, spares: 1, retry: false });
    await pool.ready();
    const crash = next(pool, 'crash');
    await run(pool);
    return (await crash) as CrashReport;
  };

  it('names the task that ended its thread, with its input', async () => {
    const { task, reason, exitCode, pool, events, thread } = await report((pool) => assert.rejects(pool.run(7, { name: 'exit' })));
    assert.deepEqual([reason, exitCode, task?.name, task?.input, task?.attempt], ['exit', 7, 'exit', '7', 1]);
    assert.equal(pool.accepted, 1);
    assert.ok(thread.age > 0);
    assert.match(events[0] ?? '', /^\d\d:\d\d:\d\d\.\d{3} workerStart slot 0 generation 1/);
  });

  it('names the task that ran into its time-out, though it has settled by then', async () => {
    const { task, reason } = await report((pool) => assert.rejects(pool.run({ page: 3 }, { name: 'spin', timeout: 300 })));
    assert.deepEqual([reason, task?.name, task?.input], ['timeout', 'spin', '{ page: 3 }']);
  });

  it('names the task whose caller took it back', async () => {
    const { task, reason } = await report(async (pool) => {
      const controller = new AbortController();
      const started = new Promise<void>((resolve) => {
        const running = pool.run('x', { name: 'tellAndSpin', signal: controller.signal, onProgress: () => resolve() });
        running.catch(() => {});
      });
      await started;
      controller.abort();
    });
    assert.deepEqual([reason, task?.name, task?.input], ['aborted', 'tellAndSpin', "'x'"]);
  });

  it('is not written when the pool closes', async () => {
    const pool = new Pool({ filename, threads: 2 });
    const crashes: unknown[] = [];
    pool.on('crash', (event) => crashes.push(event));
    await pool.ready();
    await pool.close();
    assert.deepEqual(crashes, []);
  });
});

describe('the start of a thread', () => {
  it('is told with the slot that it takes, and -1 for one that stands by', async () => {
    const slots: number[] = [];
    const log: string[] = [];
    const pool = new Pool({ filename, threads: 2, spares: 1 });
    const all = new Promise<void>((resolve) => {
      pool.on('ready', () => log.push('ready'));
      pool.on('workerStart', ({ slot, generation }) => {
        assert.equal(generation, slot === -1 ? 0 : 1);
        log.push('start');
        if (slots.push(slot) === 3) resolve();
      });
    });
    await all;
    await pool.close();
    assert.deepEqual(slots.sort(), [-1, 0, 1]);
    assert.deepEqual(log, ['start', 'start', 'ready', 'start']);
  });
});

describe('the metrics of a real pool', () => {
  it('equal what its events and its callers saw', async () => {
    const pool = new Pool({ filename, threads: 2, spares: 1, retry: { retries: 2, minTimeout: 0 } });
    const seen = { retry: new Map<string, number>(), starts: 0, exits: new Map<string, number>(), timeouts: 0 };
    const count = (map: Map<string, number>, key: string): unknown => map.set(key, (map.get(key) ?? 0) + 1);
    pool.on('retry', ({ failed }) => count(seen.retry, failed.kind));
    pool.on('workerStart', () => seen.starts++);
    pool.on('workerExit', ({ reason }) => count(seen.exits, reason));
    pool.on('timeout', () => seen.timeouts++);
    const outcomes = await Promise.allSettled([
      ...Array.from({ length: 50 }, (_, i) => pool.run(i, { name: 'double' })),
      pool.run(1, { name: 'exit' }),
      pool.run('no', { name: 'fail' }),
      pool.run(null, { name: 'spin', retry: 1, timeout: 200 }),
      pool.run(() => {}, { name: 'double' }),
    ]);
    await pool.close();
    const families = parseExposition(await pool.metrics.metrics());
    assert.deepEqual(lint(families), []);
    const at = (name: string, labels: Record<string, string> = {}): number => seriesValue(families, `holdfast_${name}`, labels) ?? 0;
    const sum = (name: string, labels: Record<string, string> = {}): number => {
      const { lines } = families.get(`holdfast_${name}`)!;
      const fits = lines.filter((line) => Object.entries(labels).every(([label, value]) => line.labels[label] === value));
      return fits.reduce((total, line) => total + line.value, 0);
    };
    const fulfilled = outcomes.filter((outcome) => outcome.status === 'fulfilled').length;
    assert.equal(fulfilled, 50);
    assert.equal(sum('tasks_accepted_total'), 54);
    assert.equal(sum('open_tasks'), 0);
    assert.equal(at('task_total_seconds_count'), 54);
    assert.equal(at('task_queue_seconds_count'), 54);
    assert.equal(sum('tasks_settled_total'), 54);
    assert.equal(sum('tasks_settled_total', { outcome: 'ok' }), 50);
    assert.equal(at('tasks_settled_total', { task: 'exit', outcome: 'crash' }), 1);
    assert.equal(at('tasks_settled_total', { task: 'fail', outcome: 'error' }), 1);
    assert.equal(at('tasks_settled_total', { task: 'spin', outcome: 'timeout_run' }), 1);
    assert.equal(at('tasks_settled_total', { task: 'double', outcome: 'clone' }), 1);
    assert.equal(sum('attempts_total', { kind: 'ok' }), 50);
    assert.equal(sum('attempts_started_total'), sum('attempts_total'));
    assert.equal(at('task_run_seconds_count'), sum('attempts_total'));
    assert.ok(at('attempt_thread_seconds_total', { task: 'spin', use: 'failed' }) >= 0.4, 'what was killed counts');
    assert.equal(at('attempts_total', { task: 'exit', kind: 'crash' }), 3);
    assert.equal(at('attempts_total', { task: 'spin', kind: 'timeout' }), 2);
    assert.equal(seen.timeouts, 2);
    assert.equal(
      sum('retries_total'),
      [...seen.retry.values()].reduce((a, b) => a + b),
    );
    assert.deepEqual([...seen.retry.keys()].sort(), ['crash', 'timeout']);
    for (const [reason, times] of seen.exits) assert.equal(at('thread_exits_total', { reason }), times, reason);
    assert.equal(at('thread_startup_seconds_count'), seen.starts);
    assert.equal(sum('thread_starts_total'), sum('thread_exits_total'));
    assert.equal(at('thread_exits_total', { reason: 'exit' }), 3);
    assert.equal(sum('threads'), 0);
    assert.equal(at('health', { state: 'closed' }), 1);
  });

  it('leave a shared register when the pool closes', async () => {
    const register = new Registry();
    const pool = new Pool({ filename, threads: 1, spares: 0, metrics: { register, labels: { pool: 'a' } } });
    assert.match(await register.metrics(), /holdfast_health\{pool="a",state="starting"\} 1/);
    await pool.close();
    assert.equal((await register.metrics()).trim(), '');
  });

  it('refuse to be registered before any thread is started', async () => {
    const register = new Registry();
    const first = new Pool({ filename, threads: 1, metrics: { register, labels: { pool: 'a' } } });
    assert.throws(() => new Pool({ filename, metrics: { register, labels: { pool: 'a' } } }), { code: 'ERR_INVALID_OPTION' });
    await first.close();
  });
});

describe('diagnostics of a real pool', () => {
  it('trace a run under the name of the pool', async () => {
    await using pool = new Pool({ filename, threads: 1, spares: 0, metrics: { labels: { pool: 'traced' } } });
    const heard: unknown[] = [];
    const onStart = (message: unknown): unknown => heard.push({ ...(message as object) });
    subscribe('tracing:holdfast.run:start', onStart);
    try {
      assert.equal(await pool.run(4, { name: 'double' }), 8);
    } finally {
      unsubscribe('tracing:holdfast.run:start', onStart);
    }
    assert.equal(await pool.run(5), 5);
    assert.deepEqual(heard, [{ poolName: 'traced', name: 'double', task: 4 }]);
  });

  it('publish its events', async () => {
    const heard: unknown[] = [];
    const onReady = (message: unknown): unknown => heard.push(message);
    subscribe('holdfast:ready', onReady);
    const pool = new Pool({ filename, threads: 1, spares: 0, metrics: { labels: { pool: 'heard' } } });
    await pool.ready();
    unsubscribe('holdfast:ready', onReady);
    await pool.close();
    assert.deepEqual(heard, [{ threads: 1, poolName: 'heard' }]);
  });
});
