import type { Settled } from '../../src/stream/map.ts';
import type { Caller } from './caller.ts';
import type { TaskTruth } from './truth.ts';

/** Runs a part of the caller's tasks as a map. Its consumer may leave before the end. */
export function mapping(caller: Caller, size: number): void {
  const { world, pool, witness } = caller;
  const { callerDice: dice, timeline } = world;
  const leaveAfter = dice.chance(0.5) ? dice.whole(0, size) : Number.POSITIVE_INFINITY;
  const ordered = dice.chance(0.6);
  const options = { ordered, window: dice.whole(1, 200) };
  const pulled: TaskTruth[] = [];
  const later = (ms: number): Promise<void> => new Promise((resolve) => timeline.arrive(resolve, ms));

  function* items(): Generator<TaskTruth> {
    for (let i = 0; i < size && world.phase === 'safety'; i++) {
      const truth = caller.newTask(undefined);
      truth.buffered = true;
      pulled.push(truth);
      yield truth;
    }
  }

  async function* slowItems(): AsyncGenerator<TaskTruth> {
    for (const truth of items()) {
      if (dice.chance(0.1)) await later(dice.log(0.1, 10));
      yield truth;
    }
  }

  const settled = (truth: TaskTruth, outcome: Settled<unknown>): void => {
    if (outcome.status === 'fulfilled') caller.ended(() => witness.fulfilled(truth, outcome.value));
    else caller.ended(() => witness.rejected(truth, outcome.reason));
  };

  const consume = async (): Promise<void> => {
    let taken = 0;
    const run = pool.mapSettled((dice.chance(0.7) ? items() : slowItems()) as Iterable<TaskTruth>, options);
    for await (const outcome of run) {
      if (ordered && outcome.index !== taken) world.fail(`a map in order yields item ${outcome.index} in place of ${taken}`);
      const truth = pulled[outcome.index];
      if (truth === undefined) world.fail(`a map yields item ${outcome.index}, which was not pulled`);
      else settled(truth, outcome);
      if (pulled.length - taken > options.window + 1)
        world.fail(`a map has pulled ${pulled.length - taken} items; its window is ${options.window}`);
      if (++taken > leaveAfter) break;
      if (dice.chance(0.05)) await later(dice.log(0.1, 10));
    }
    const left = pulled.filter(({ state }) => state === 'submitted');
    if (left.length > 0 && taken <= leaveAfter) world.fail(`a map has ended without ${left.length} of its items`);
    for (const truth of left) caller.ended(() => witness.abandoned(truth));
  };
  consume().catch((error) => world.fail(`a map threw: ${error instanceof Error ? error.stack : String(error)}`));
}
