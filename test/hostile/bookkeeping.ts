import type { PoolThread } from '../../src/dispatch/threads/pool-thread.ts';
import type { ExecutorThread } from '../../src/executors/executor.ts';
import type { PoolParts } from '../../src/pool/compose.ts';

type Args = readonly unknown[];

/**
 * Reads the books of the pool before and after each word of a thread, and says a second time which report continues a bundle: whatever stands behind
 * a check that is gone, nothing may move in the books by a word that may not be heeded.
 */
export class Bookkeeping {
  parts: PoolParts | undefined;

  /** Does as it is asked, and says what was wrong about it; `undefined`: all was well. */
  watch(handle: ExecutorThread, name: string, args: Args, tell: () => void): string | undefined {
    const { parts } = this;
    const thread = parts === undefined ? undefined : [...parts.routes.threads()].find((one) => one.handle === handle);
    if (parts === undefined || thread === undefined) {
      tell();
      return undefined;
    }
    const forged = !mayMove(thread, name, args);
    const [open, late, finished, owed] = [parts.ledger.open, parts.tally.lateMessages, thread.finished, thread.unaccounted];
    const reported = new Map(thread.bundles.map((bundle) => [bundle, bundle.reported]));
    tell();
    for (const [bundle, before] of reported) {
      if (bundle.reported < before) return `A bundle had ${before} reported items, and has ${bundle.reported} after ${name}.`;
      if (bundle.reported > before && bundle.reported > thread.standing(bundle).finished)
        return `${name} tells of items that have not ended.`;
    }
    if (!forged) return undefined;
    if (parts.ledger.open !== open || thread.finished !== finished || thread.unaccounted !== owed) return `A forged ${name} was heeded.`;
    return name === 'done' && parts.tally.lateMessages === late ? 'A forged report was not counted.' : undefined;
  }
}

/** Whether the word may change what the pool believes of the thread's bundles. */
function mayMove(thread: PoolThread, name: string, args: Args): boolean {
  if (name === 'accounted') return thread.unaccounted > 0;
  if (name !== 'done' || thread.unaccounted > 0) return true;
  const [number, from, values, times] = args as [number, number, ArrayLike<unknown>, readonly number[]];
  const bundle = thread.bundles.find((one) => one.number === number);
  const upTo = from + values.length;
  if (bundle === undefined || values.length === 0 || times.length !== values.length + 1) return false;
  const { finished } = thread.handle.standing(number);
  return from === bundle.reported && upTo <= bundle.size && upTo <= finished;
}
