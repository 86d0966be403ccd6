import type { RunOptions } from '../../../src/options/types.ts';
import type { Pool } from '../../../src/pool/pool.ts';
import type { Rules } from '../checks/rules.ts';
import type { TaskTruth } from '../checks/truth.ts';
import type { Witness } from '../checks/witness.ts';
import type { World } from '../world/world.ts';

/** The caller, as far as its maps need it. */
interface MapCaller {
  readonly world: World;
  readonly pool: Pool;
  readonly witness: Witness;
  readonly rules: readonly Rules[];
  readonly runs: readonly (RunOptions | undefined)[];
  readonly closing: boolean;
  newTask(options: RunOptions | undefined, rules: Rules): TaskTruth;
  told(truth: TaskTruth, outcome: 'fulfilled' | 'rejected', what: unknown): void;
  ended(): void;
}

/** Runs a part of the caller's tasks as a map. Its consumer may leave before the end. */
export function mapping(caller: MapCaller, size: number): void {
  const { world, pool, witness } = caller;
  const { callerDice: dice, timeline } = world;
  const leaveAfter = dice.chance(0.5) ? dice.whole(0, size) : Number.POSITIVE_INFINITY;
  const ordered = dice.chance(0.6);
  // An item has no signal, no memory to move and no progress of its own; all else it may have.
  const kind = dice.whole(0, world.climate.runs.length - 1);
  const { transferList, ...own } = caller.runs[kind] ?? {};
  const rules = transferList === undefined ? caller.rules[kind]! : caller.rules[0]!;
  const options = { ordered, window: dice.whole(1, 200), ...(transferList === undefined ? own : {}) };
  const state = { left: false };
  const pulled: TaskTruth[] = [];
  const later = (ms: number): Promise<void> => new Promise((resolve) => timeline.arrive(resolve, ms));

  function* items(): Generator<TaskTruth> {
    for (let i = 0; i < size && world.phase === 'safety'; i++) {
      const truth = caller.newTask(undefined, rules);
      truth.map = state;
      pulled.push(truth);
      witness.meddle(truth);
      yield truth;
    }
  }

  async function* slowItems(): AsyncGenerator<TaskTruth> {
    for (const truth of items()) {
      if (dice.chance(0.1)) await later(dice.log(0.1, 10));
      yield truth;
    }
  }

  /** A pool that takes no more tasks ends its maps; until then they never throw. */
  const mayEnd = (error: unknown): boolean => {
    const { code } = error as { code?: string };
    return (code === 'ERR_POOL_CLOSED' && caller.closing) || (code === 'ERR_POOL_FAILED' && pool.health() === 'failed');
  };

  const take = async (): Promise<void> => {
    let taken = 0;
    const run = pool.mapSettled((dice.chance(0.7) ? items() : slowItems()) as Iterable<TaskTruth>, options);
    for await (const outcome of run) {
      if (ordered && outcome.index !== taken) world.fail(`a map in order yields item ${outcome.index} in place of ${taken}`);
      const truth = pulled[outcome.index];
      if (truth === undefined) world.fail(`a map yields item ${outcome.index}, which was not pulled`);
      else if (outcome.status === 'fulfilled') caller.told(truth, 'fulfilled', outcome.value);
      else caller.told(truth, 'rejected', outcome.reason);
      if (pulled.length - taken > options.window + 1)
        world.fail(`a map has pulled ${pulled.length - taken} items; its window is ${options.window}`);
      state.left = ++taken > leaveAfter;
      if (state.left) break;
      if (dice.chance(0.05)) await later(dice.log(0.1, 10));
    }
  };

  const consume = async (): Promise<void> => {
    try {
      await take();
    } catch (error) {
      if (!mayEnd(error)) throw error;
      const lost = pulled.filter(({ told, accepted }) => accepted && !told);
      if (lost.length > 0) world.fail(`a map has ended with its pool, without ${lost.length} of the items that the pool had accepted`);
      state.left = true;
    }
    const left = pulled.filter(({ told }) => !told);
    if (left.length > 0 && !state.left) world.fail(`a map has ended without ${left.length} of its items`);
    for (const truth of left) {
      witness.settlements.abandoned(truth);
      caller.ended();
    }
  };
  consume().catch((error) => world.fail(`a map threw: ${error instanceof Error ? error.stack : String(error)}`));
}
