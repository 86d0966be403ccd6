import assert from 'node:assert/strict';
import { attemptsOf } from '../../src/core/errors.ts';
import { FAILURE_KINDS } from '../../src/core/failure.ts';
import { FAILURE_OF, faultPlan } from '../../src/faults/index.ts';
import { Pool } from '../../src/pool/pool.ts';
import { lint, parseExposition } from '../metrics/exposition.ts';
import { oneIn, SOAK } from '../soak.ts';

const test = oneIn(3, import.meta.url);

const SEED = 20_260_819;
const TASKS = SOAK ? 200 : 80;
const RETRIES = 3;

/** A counter per name. */
class Counts {
  readonly #counts = new Map<string, number>();

  add(name: string): void {
    this.#counts.set(name, this.of(name) + 1);
  }

  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  get all(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }
}

test(`under faults the metrics equal the event log, the callers' errors, and the plan (seed ${SEED})`, async () => {
  const plan = faultPlan({ seed: SEED, crash: 0.03, exit: 0.02, throw: 0.03, reject: 0.02, late: 0.02 });
  const pool = new Pool<number, number>({
    filename: new URL('../fixtures/tasks.js', import.meta.url),
    name: 'double',
    threads: 2,
    retry: { retries: RETRIES, minTimeout: 0, on: ['crash', 'error'] },
    faults: plan,
  });
  const retries = new Counts();
  const exits = new Counts();
  const crashes = new Counts();
  const seen = { started: 0, late: 0 };
  pool.on('retry', ({ failed }) => retries.add(failed.kind));
  pool.on('workerStart', () => seen.started++);
  pool.on('workerExit', ({ reason }) => exits.add(reason));
  pool.on('crash', ({ reason }) => crashes.add(reason));
  pool.on('late', () => seen.late++);

  const outcomes = await Promise.allSettled(Array.from({ length: TASKS }, (_, i) => pool.run(i)));
  await pool.close();
  const families = parseExposition(await pool.metrics.metrics());
  assert.deepEqual(lint(families), []);
  const total = (name: string, labels: Readonly<Record<string, string>> = {}): number => {
    const lines = families
      .get(`holdfast_${name}`)!
      .lines.filter((line) => Object.entries(labels).every(([label, value]) => line.labels[label] === value));
    return lines.reduce((sum, line) => sum + line.value, 0);
  };

  // The plan decides each attempt, whatever thread it runs on and however often an innocent one is interrupted.
  const planned = new Counts();
  let fulfilled = 0;
  for (let task = 1; task <= TASKS; task++) {
    for (let attempt = 1; attempt <= RETRIES + 1; attempt++) {
      const fault = plan.faultOf(task, attempt);
      const kind = fault && FAILURE_OF[fault];
      planned.add(kind ?? 'ok');
      if (kind !== undefined) continue;
      fulfilled++;
      break;
    }
  }
  assert.ok(planned.of('crash') > 5 && planned.of('error') > 5, 'the plan has faults');

  const last = new Counts();
  let history = 0;
  outcomes.forEach((outcome, i) => {
    if (outcome.status === 'fulfilled') assert.equal(outcome.value, 2 * i);
    else {
      const attempts = attemptsOf(outcome.reason);
      last.add(attempts.at(-1)!.kind);
      history += attempts.length;
    }
  });
  assert.equal(history, last.all * (RETRIES + 1));
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, fulfilled);

  assert.equal(total('tasks_accepted_total'), TASKS);
  assert.equal(total('attempts_started_total'), total('attempts_total'));
  assert.equal(total('retries_total'), retries.all);
  assert.equal(total('tasks_settled_total'), TASKS);
  assert.equal(total('tasks_settled_total', { outcome: 'ok' }), fulfilled);
  assert.equal(total('attempts_total', { kind: 'ok' }), planned.of('ok'));
  for (const kind of FAILURE_KINDS) {
    assert.equal(total('attempts_total', { kind }), planned.of(kind), `attempts, ${kind}`);
    const outcome = kind === 'timeout' ? 'timeout_run' : kind;
    assert.equal(total('tasks_settled_total', { outcome }), last.of(kind), `settled, ${kind}`);
    assert.equal(planned.of(kind), retries.of(kind) + last.of(kind), `each failed attempt was retried or the last word, ${kind}`);
  }
  assert.equal(total('thread_exits_total'), exits.all);
  for (const line of families.get('holdfast_thread_exits_total')!.lines) {
    const { reason = '' } = line.labels;
    assert.equal(line.value, exits.of(reason), `exits, ${reason}`);
    assert.equal(crashes.of(reason), ['closed', 'recycled'].includes(reason) ? 0 : exits.of(reason), `crash reports, ${reason}`);
  }
  assert.equal(total('thread_starts_total'), total('thread_exits_total'));
  assert.equal(families.get('holdfast_thread_startup_seconds')!.lines.find(({ name }) => name.endsWith('_count'))!.value, seen.started);
  assert.equal(total('late_messages_total'), seen.late);
});
