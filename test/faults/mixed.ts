import assert from 'node:assert/strict';
import { FAILURE_KINDS, type FailureKind } from '../../src/core/failure.ts';
import { FAILURE_OF, type FaultPlan, faultPlan } from '../../src/faults/index.ts';
import { attemptsOf, Pool } from '../../src/index.ts';
import { lint, parseExposition } from '../metrics/exposition.ts';

const RETRIES = 3;

/**
 * What a plan foretells of a number of tasks: tasks are numbered from 1, and an attempt meets what the plan says, whenever and wherever it runs. The
 * one thing that it cannot foresee is a machine that holds an attempt up until its time is over; those attempts have to be named to it.
 */
class Foretold {
  readonly attempts = new Map<FailureKind | 'ok', number>();
  readonly retries = new Map<FailureKind | 'ok', number>();
  /** How each task ends. */
  readonly ends: (FailureKind | 'ok')[] = [];
  /** Tasks that leave an error behind. */
  readonly late = new Set<number>();

  constructor(plan: FaultPlan, tasks: number, heldUp: ReadonlySet<string>) {
    for (let task = 1; task <= tasks; task++) this.ends.push(this.#end(plan, task, heldUp));
  }

  ended(kind: FailureKind | 'ok'): number {
    return this.ends.filter((end) => end === kind).length;
  }

  #end(plan: FaultPlan, task: number, heldUp: ReadonlySet<string>): FailureKind | 'ok' {
    for (let attempt = 1; ; attempt++) {
      const fault = heldUp.has(`${task}:${attempt}`) ? 'hang' : plan.faultOf(task, attempt);
      const kind = (fault && FAILURE_OF[fault]) ?? 'ok';
      add(this.attempts, kind);
      if (fault === 'late') this.late.add(task);
      if (kind === 'ok' || kind === 'error' || attempt > RETRIES) return kind;
      add(this.retries, kind);
    }
  }
}

const add = <K>(counts: Map<K, number>, key: K): void => void counts.set(key, (counts.get(key) ?? 0) + 1);

/**
 * Runs tasks under 5 % crashes, 1 % endless loops, 1 % thrown errors and 0.5 % late errors. Nothing is lost, nothing comes twice, and the
 * numbers of `stats()`, of the events and of the metrics are those that the plan foretells, each of them exactly.
 */
export async function mixedFaults(seed: number, tasks: number, timeout: number): Promise<Readonly<Record<string, number>>> {
  const plan = faultPlan({ seed, crash: 0.05, hang: 0.01, throw: 0.01, late: 0.005 });
  const filename = new URL('../fixtures/votes/answers.js', import.meta.url);
  const retry = { retries: RETRIES, minTimeout: 1, maxTimeout: 20 };
  const pool = new Pool<typeof import('../fixtures/votes/answers.ts')>({ filename, threads: 2, spares: 2, timeout, retry, faults: plan });
  const exits = new Map<string, number>();
  const late: number[] = [];
  const heldUp = new Set<string>();
  let unblamed = 0;
  pool.on('workerExit', ({ reason }) => add(exits, reason));
  pool.on('lateError', ({ taskId }) => late.push(taskId));
  // A result that comes while its thread is being stopped for a time-out still counts: then no attempt has timed out.
  pool.on('crash', ({ reason, task }) => {
    if (reason === 'timeout' && task === undefined) unblamed++;
  });
  pool.on('timeout', ({ taskId, attempt }) => {
    if (plan.faultOf(taskId, attempt) !== 'hang') heldUp.add(`${taskId}:${attempt}`);
  });

  const began = performance.now();
  let settlements = 0;
  const runs = Array.from({ length: tasks }, (_, n) => pool.run(n).finally(() => settlements++));
  const outcomes = await Promise.allSettled(runs);
  const seconds = (performance.now() - began) / 1_000;
  const stats = pool.stats();
  await pool.close();

  const foretold = new Foretold(plan, tasks, heldUp);
  assert.ok(heldUp.size + unblamed <= tasks / 100, `${heldUp.size + unblamed} attempts held up by the machine`);
  for (const [n, one] of outcomes.entries()) {
    if (one.status === 'fulfilled') assert.deepEqual([one.value, foretold.ends[n]], [{ of: n, squared: n * n }, 'ok']);
    else assert.equal(attemptsOf(one.reason).at(-1)!.kind, foretold.ends[n], `task ${n + 1}`);
  }
  assert.equal(settlements, tasks);
  const retries = [...foretold.retries.values()].reduce((sum, count) => sum + count, 0);
  const { accepted, fulfilled, rejected, open } = stats;
  const ok = foretold.ended('ok');
  assert.deepEqual([accepted, fulfilled, rejected, open, stats.retries], [tasks, ok, tasks - ok, 0, retries]);

  const families = parseExposition(await pool.metrics.metrics());
  assert.deepEqual(lint(families), []);
  const metric = (name: string, label?: string, value?: string): number =>
    families
      .get(`holdfast_${name}`)!
      .lines.filter(({ labels }) => label === undefined || labels[label] === value)
      .reduce((sum, line) => sum + line.value, 0);
  assert.equal(metric('tasks_accepted_total'), tasks);
  for (const kind of ['ok', ...FAILURE_KINDS] as const) {
    assert.equal(metric('attempts_total', 'kind', kind), foretold.attempts.get(kind) ?? 0, `attempts, ${kind}`);
    const outcome = kind === 'timeout' ? 'timeout_run' : kind;
    assert.equal(metric('tasks_settled_total', 'outcome', outcome), foretold.ended(kind), `settled, ${kind}`);
  }
  // Which of the two is reported of a thread that dies while it is being stopped, the machine decides.
  const deaths = (counts: ReadonlyMap<string, number>): number => (counts.get('crash') ?? 0) + (counts.get('timeout') ?? 0);
  assert.equal(deaths(exits) - unblamed, deaths(foretold.attempts), 'each crash and each time-out ended one thread');
  for (const [reason, count] of exits) assert.equal(metric('thread_exits_total', 'reason', reason), count, `exits, ${reason}`);
  assert.equal(metric('thread_starts_total'), metric('thread_exits_total'));
  // An error that is about to come late never comes if its thread dies first.
  assert.equal(new Set(late).size, late.length, 'none comes twice');
  for (const task of late) assert.ok(foretold.late.has(task), `late error of task ${task}`);
  const { size } = foretold.late;
  assert.ok(late.length > Math.max(0, size / 2 - 3 * Math.sqrt(size / 4)), `${late.length} late errors of ${size}`);
  const counted = Object.fromEntries([...foretold.attempts].map(([kind, count]) => [kind, count]));
  return {
    tasks,
    ...counted,
    retries,
    late: late.length,
    heldUp: heldUp.size,
    threads: stats.threadStarts,
    seconds: Math.round(seconds * 10) / 10,
  };
}
