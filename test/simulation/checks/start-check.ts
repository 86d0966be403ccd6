import type { World } from '../world/world.ts';
import type { Start, TaskTruth } from './truth.ts';

/** What holds whenever an attempt begins: it may begin, here, and now. */
export function checkStart(world: World, start: Start): void {
  withinLimits(world, start);
  inPlace(world, start);
  if (start.task.starts.length > 0) startedAgain(world, start);
}

function withinLimits(world: World, { task: truth, attempt, replica }: Start): void {
  const { retries, vote, hedge } = truth.rules;
  let number = attempt;
  if (vote !== undefined) {
    number = new Set(truth.starts.filter((one) => one.replica === replica && one.attempt !== attempt).map((one) => one.attempt)).size + 1;
    if (replica >= vote.maxReplicas) world.fail(`copy ${replica + 1} of task ${truth.uid} was started; its limit is ${vote.maxReplicas}`);
  }
  const most = (1 + retries) * (hedge === undefined ? 1 : 2);
  if (number > most) world.fail(`attempt ${number} of task ${truth.uid} was started; its limit is ${most}`);
}

/** Where the pool escalates, what follows a crash runs in a cell, and nothing else does. With hedging the copy may be what follows. */
function inPlace(world: World, { task: truth, attempt, replica, on }: Start): void {
  if (world.climate.pool.isolation !== 'escalate' || truth.rules.hedge !== undefined) return;
  const last = truth.task!.history?.findLast((record) => record.replica === replica && record.attempt < attempt);
  const place = last?.kind === 'crash' || last?.kind === 'startup' ? 'escalation' : 'pool';
  if (on.home.place !== place) world.fail(`attempt ${attempt} of task ${truth.uid} runs in the ${on.home.place}, after ${last?.kind}`);
}

function startedAgain(world: World, start: Start): void {
  const { task: truth } = start;
  const { vote, hedge, repeatable } = truth.rules;
  if (!repeatable) world.fail(`task ${truth.uid} was started again, and it may be started only once`);
  let beside = 0;
  for (const other of truth.starts) {
    if (other.fate !== 'running' || other.on.terminated || truth.failed?.has(other.attempt)) continue;
    if (vote !== undefined && other.replica !== start.replica) continue;
    if (hedge !== undefined && other.replica !== start.replica && beside++ === 0) continue;
    world.fail(`attempt ${start.attempt} of task ${truth.uid} was started while attempt ${other.attempt} ran on thread ${other.thread}`);
  }
}

/**
 * Copies that travel together with others are left to run when they are needed no longer, unless their task was given up, or one of its attempts
 * has failed.
 */
export function mayRunOn({ rules, outcome, task }: TaskTruth): boolean {
  if (rules.vote === undefined && rules.hedge === undefined) return false;
  return (outcome === 'fulfilled' || outcome === 'conflict') && task!.history === undefined;
}
