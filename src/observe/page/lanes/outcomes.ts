import type { BlockKind, MarkKind } from '../../frames.ts';

/** How a block is drawn. Colours that the colour-blind tell apart, and a pattern besides for what is worse than an error. */
export type Look = 'ok' | 'error' | 'givenUp' | 'death' | 'surplus' | 'running';

export const LOOKS: readonly { readonly look: Look; readonly label: string }[] = [
  { look: 'ok', label: 'returned' },
  { look: 'error', label: 'threw' },
  { look: 'givenUp', label: 'given up' },
  { look: 'death', label: 'died with its thread' },
  { look: 'surplus', label: 'not needed any more' },
  { look: 'running', label: 'runs' },
];

const QUIET_ENDS: ReadonlySet<BlockKind> = new Set<BlockKind>(['reclaimed', 'closed', 'recycled', 'idle']);

export function lookOf(kind: BlockKind): Look {
  if (kind === 'ok') return 'ok';
  if (kind === 'error' || kind === 'clone') return 'error';
  if (kind === 'givenUp' || kind === 'aborted') return 'givenUp';
  if (kind === 'surplus' || QUIET_ENDS.has(kind)) return 'surplus';
  return 'death';
}

export const WORDS: Readonly<Record<BlockKind, string>> = {
  ok: 'returned',
  error: 'threw an error',
  clone: 'result could not be cloned',
  givenUp: 'was given up',
  surplus: 'was not needed any more',
  crash: 'crashed its thread',
  exit: 'ended its thread with process.exit',
  oom: 'ran out of memory',
  timeout: 'timed out, thread ended',
  unresponsive: 'thread did not respond',
  aborted: 'was aborted, thread ended',
  startup: 'thread did not start',
  lateError: 'thread ended by an earlier task',
  outvoted: 'thread retired after a vote',
  recycled: 'thread recycled',
  idle: 'thread had nothing to do',
  reclaimed: 'thread was needed elsewhere',
  closed: 'pool closed',
  node: 'was lost with its node',
  orphan: 'thread would not die',
};

export const MARKS: readonly { readonly kind: MarkKind; readonly label: string }[] = [
  { kind: 'death', label: 'thread died' },
  { kind: 'takeover', label: 'new thread' },
  { kind: 'spare', label: 'spare ready' },
  { kind: 'orphan', label: 'orphan' },
  { kind: 'conflict', label: 'outvoted' },
  { kind: 'hedge', label: 'copy of a slow task' },
  { kind: 'late', label: 'late error' },
  { kind: 'health', label: 'health changed' },
];
