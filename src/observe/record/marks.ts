import { describeThrown } from '../../diagnostics/thrown.ts';
import type { Pool, PoolEventName, PoolEvents } from '../../index.ts';
import type { Mark, ShownConflict } from '../frames.ts';

/** Ends that are part of the plan. */
const PLANNED: ReadonlySet<string> = new Set(['closed', 'recycled', 'idle', 'reclaimed']);
/** Characters of a name within a sentence. */
const NAME = 60;

type Said = Omit<Mark, 'at'>;
type Says = { readonly [Name in PoolEventName]?: (event: PoolEvents[Name]) => Said | undefined };

const task = ({ taskId, name }: { taskId: number; name: string }): string => `task ${taskId} (${name.slice(0, NAME)})`;
const inMs = (ms: number): string => `${Math.round(ms * 10) / 10} ms`;

/** What of each event stands on a lane, or above all. */
const SAYS: Says = {
  workerStart: ({ slot, generation, reason, milliseconds }) => {
    if (slot < 0) return { slot, kind: 'spare', text: `a spare stands by, ready after ${inMs(milliseconds)}` };
    return reason === 'first'
      ? undefined
      : { slot, kind: 'takeover', text: `generation ${generation} started, ready after ${inMs(milliseconds)}` };
  },
  workerExit: ({ slot, generation, reason }) => {
    if (PLANNED.has(reason)) return undefined;
    const kind = reason === 'orphan' ? 'orphan' : 'death';
    return { slot, kind, text: `generation ${generation} ${reason === 'orphan' ? 'would not die: an orphan' : `died: ${reason}`}` };
  },
  lateError: ({ slot, taskId }) => ({ slot, kind: 'late', text: `what task ${taskId} had left behind threw` }),
  hedge: (event) => ({ slot: -1, kind: 'hedge', text: `${task(event)} got a copy after ${inMs(event.after)}` }),
  degraded: ({ ready, threads }) => ({ slot: -1, kind: 'health', text: `degraded: ${ready} of ${threads} threads` }),
  recovered: ({ threads }) => ({ slot: -1, kind: 'health', text: `recovered: ${threads} threads` }),
  failed: ({ error }) => ({ slot: -1, kind: 'health', text: `failed: ${describeThrown(error).message.slice(0, 200)}` }),
  close: () => ({ slot: -1, kind: 'health', text: 'closed' }),
};

/** Marks on the lanes of those ballots that others have outvoted. */
export function conflictMarks({ ballots, taskId, name, verdict }: ShownConflict): Said[] {
  const lost = ballots.filter((ballot) => ballot.lost);
  return lost.map(({ slot, answer }) => ({
    slot,
    kind: 'conflict',
    text: `${task({ taskId, name })}: answered ${answer} against the others, ${verdict}`,
  }));
}

/** Calls `mark` for every event of the pool that stands on the page as one moment. @returns what ends that */
// biome-ignore lint/suspicious/noExplicitAny: a pool of any tasks
export function listen(pool: Pick<Pool<any, any, any>, 'on' | 'off'>, mark: (said: Said) => void): () => void {
  const undo: (() => void)[] = [];
  const add = <Name extends PoolEventName>(name: Name): void => {
    const listener = (event: PoolEvents[Name]): void => {
      const said = SAYS[name]!(event);
      if (said !== undefined) mark(said);
    };
    pool.on(name, listener);
    undo.push(() => pool.off(name, listener));
  };
  for (const name of Object.keys(SAYS) as PoolEventName[]) add(name);
  return () => {
    for (const one of undo) one();
  };
}
