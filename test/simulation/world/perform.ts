import { encodeError } from '../../../src/core/wire/codec.ts';
import { FROM_THREAD } from '../../../src/core/wire/wire.ts';
import type { Item } from '../../../src/thread/item.ts';
import { Answer, MAKERS, Start, type TaskTruth, Thrown, UNCLONEABLE } from '../checks/truth.ts';
import { outOfMemory } from '../weather/leftovers.ts';
import type { Deed } from './faults.ts';
import type { Body } from './sim-body.ts';

/** Milliseconds up to which a run is done on the spot. */
const INSTANT = 0.01;

/** Runs a task: the code that a task module would hold. What it does is drawn. */
export function perform(body: Body, task: TaskTruth, item: Item): unknown {
  const { world } = body;
  const start = new Start(task, item.attempt, item.replica, body, world.timeline.now(), world.deed());
  body.begin(start, item);
  const took = duration(body) * (start.deed === 'slow' ? world.threadDice.log(3, 300) : 1);
  switch (start.deed) {
    case 'crash':
      body.leave(item, 1, new Error('uncaught'));
      return forever();
    case 'exit':
      body.leave(item, world.threadDice.whole(0, 2), undefined);
      return forever();
    case 'spin':
      return spin(body, item, start);
    case 'never':
      return never(body, item, start);
    case 'lateCrash':
    case 'lateExit':
    case 'oom':
    case 'hardDeath':
      body.loop.later(() => end(body, item, start), took);
      return forever();
    case 'progress':
      for (let i = 1; i <= 3; i++) body.loop.later(() => item.progress(task.uid), took * i * 0.6);
  }
  if (took < INSTANT) return outcome(body, item, start);
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      try {
        resolve(outcome(body, item, start));
      } catch (error) {
        reject(error);
      }
    };
    if (world.threadDice.chance(0.5)) body.loop.busy(took, settle);
    else body.loop.later(settle, took);
  });
}

function forever(): Promise<never> {
  return new Promise(() => {});
}

function duration({ world }: Body): number {
  const { duration: typical, scatter } = world.climate;
  return scatter === 0 ? typical : typical * world.threadDice.next() ** (1 + scatter) * (1 + scatter);
}

/** Ends the execution with what its deed says. @throws what the task throws */
function outcome(body: Body, item: Item, start: Start): unknown {
  const { task, deed } = start;
  if (deed === 'throw' || deed === 'reject' || deed === 'uncloneableError') {
    body.ended('threw');
    throw deed === 'uncloneableError' ? UNCLONEABLE : new Thrown(task.uid, start.attempt);
  }
  const answer =
    deed === 'uncloneableResult' ? UNCLONEABLE : task.rules.vote === undefined ? new Answer(start, isRight(deed)) : ballot(body, start);
  body.ended('returned');
  if (deed.startsWith('leftover') || deed === 'moduleExit') leave(body, item, deed);
  if (fillsHeap(body)) body.loop.later(() => body.dieOfLeftovers(), body.world.leftoverDice.log(0.01, 50));
  return answer;
}

function fillsHeap({ world }: Body): boolean {
  const { fillsHeap: rate } = world.leftovers;
  return rate > 0 && world.phase === 'safety' && world.leftoverDice.chance(rate);
}

function isRight(deed: Deed): boolean {
  return deed !== 'corrupt' && deed !== 'corruptAlike';
}

/** What is wrong lies far off: anywhere, or where the others that are wrong in the same way lie as well. */
function ballot({ world }: Body, start: Start): readonly [number] {
  const { task, deed } = start;
  const { climate, threadDice } = world;
  const noise = climate.noise === 0 ? 0 : climate.noise * threadDice.next();
  const offset = deed === 'corrupt' ? 2e6 + 1e6 * threadDice.next() : deed === 'corruptAlike' ? 1e6 : noise;
  const value: readonly [number] = [task.uid + offset];
  start.ballot = value;
  MAKERS.set(value, start);
  return value;
}

/** What the task leaves behind acts after it has settled. */
function leave(body: Body, item: Item, deed: Deed): void {
  const { world } = body;
  body.loop.later(
    () => {
      if (deed === 'leftoverSpin') body.blockByLeftovers();
      else if (deed === 'moduleExit') body.leaveOfItself();
      else if (deed === 'leftoverExit') body.leave(item, 3, undefined);
      else body.line.post(body, [FROM_THREAD.lateError, item.taskId, item.attempt, encodeError(new Error('a leftover threw'))]);
    },
    world.threadDice.log(0.01, 50),
  );
}

function end(body: Body, item: Item, start: Start): void {
  switch (start.deed) {
    case 'lateCrash':
      body.leave(item, 1, new Error('uncaught, later'));
      break;
    case 'lateExit':
      body.leave(item, 2, undefined);
      break;
    case 'oom':
      body.die('oom', 1, outOfMemory());
      break;
    default:
      body.die('struck', 134);
  }
}

/** A loop that never gives way. It ends of itself only if it looks at `context().aborted`. */
function spin(body: Body, item: Item, start: Start): Promise<unknown> {
  const { world } = body;
  body.loop.block();
  if (!world.threadDice.chance(world.climate.cooperative)) return forever();
  return new Promise((_, reject) => {
    body.heed = () => {
      body.heed = undefined;
      body.loop.unblock(() => reject(stopped(body, start)), world.threadDice.log(0.1, 5));
    };
    if (item.aborted) body.heed();
  });
}

/** It ends because it was asked to. */
function stopped(body: Body, start: Start): Thrown {
  body.ended('threw');
  return new Thrown(start.task.uid, start.attempt);
}

/** A promise that never settles, except on the abort signal, if the task listens. */
function never(body: Body, item: Item, start: Start): Promise<unknown> {
  const { world } = body;
  if (!world.threadDice.chance(world.climate.cooperative)) return forever();
  return new Promise((_, reject) => {
    item.signal.addEventListener('abort', () => {
      body.loop.later(() => reject(stopped(body, start)), world.threadDice.log(0.1, 100));
    });
  });
}
