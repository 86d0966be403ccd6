import type { JSX } from 'preact';
import type { Snapshot, VerdictState } from '../frames.ts';
import { plain } from './format.ts';
import type { Link } from './store.ts';

/** A shape for each, so that the colour need not be seen. */
const ICONS: Readonly<Record<VerdictState | 'away', string>> = {
  starting: '◔',
  idle: '○',
  working: '▶',
  slow: '◷',
  overloaded: '▲',
  degraded: '◑',
  dead: '✕',
  failed: '✕',
  closed: '■',
  away: '⌁',
};

const AWAY: Readonly<Partial<Record<Link, string>>> = {
  lost: 'The program does not answer: it has ended, or cannot be reached. Trying again; what stands below is what was known last.',
  stalled: 'No word from the program for some seconds: its main thread seems to be blocked. What stands below is what was known last.',
};

export function Banner({ data, link }: { data: Snapshot; link: Link }): JSX.Element {
  const away = AWAY[link];
  const state = away === undefined ? data.verdict.state : 'away';
  return (
    <section class={`banner ${state}`} aria-label="Health">
      <span class="icon" aria-hidden="true">
        {ICONS[state]}
      </span>
      <p role="status" class="unseen">
        {state === 'away' ? 'connection lost' : state}
      </p>
      <p>{away ?? plain(data.verdict.text)}</p>
    </section>
  );
}
