import type { MessagePort } from 'node:worker_threads';
import { encodeForSure } from '../core/wire/codec.ts';
import { FROM_THREAD } from '../core/wire/wire.ts';
import { storage } from './context.ts';
import { Item } from './item.ts';

// Taken before code of the user can put something in its place: see core/foreign/intrinsics.ts.
const exit: typeof process.exit = process.exit.bind(process);

/** What runs now. */
export interface Running {
  readonly current: Item | undefined;
  /** The item whose own synchronous code is being executed. */
  readonly onStack: Item | undefined;
}

/**
 * Catches what no task catches, and charges it to the task whose code threw it: asynchronous storage says which one that is,
 * long after it has returned. An error of the running task is its crash; an error of a settled one is a late error, which
 * must not harm the task that happens to run now.
 *
 * @returns what ends the thread, as the doing of an item
 */
export function blameUncaught(
  port: MessagePort,
  runner: () => Running | undefined,
  flush: () => void,
): (item: Item, error: unknown) => never {
  const running = (): Item | undefined => runner()?.current;
  let dying = false;
  const owner = (): Item | undefined => {
    const store = storage.getStore();
    return store instanceof Item ? store : undefined;
  };

  const die = (item: Item, error: unknown): never => {
    dying = true;
    flush();
    port.postMessage([FROM_THREAD.crashing, item.bundle, item.index, encodeForSure(error)]);
    return exit(1);
  };

  const uncaught = (error: unknown): void => {
    const item = owner();
    if (item === undefined || item !== running()) {
      port.postMessage([FROM_THREAD.lateError, item?.taskId ?? -1, item?.attempt ?? 0, encodeForSure(error)]);
      return;
    }
    die(item, error);
  };
  process.on('uncaughtException', uncaught);
  process.on('unhandledRejection', uncaught);

  process.on('exit', (code) => {
    if (dying) return;
    const item = runner()?.onStack ?? owner();
    const live = item !== undefined && item === running();
    flush();
    port.postMessage([FROM_THREAD.exiting, code, live ? item.bundle : -1, live ? item.index : -1, item?.taskId ?? -1]);
  });
  return die;
}
