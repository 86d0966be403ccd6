import type { JSX } from 'preact';
import type { ShownConflict, Snapshot } from '../../frames.ts';
import { clock, count, place, plain } from '../format.ts';

const VERDICTS: Readonly<Record<ShownConflict['verdict'], string>> = {
  extra: 'another copy was asked',
  quorum: 'the majority won',
  resolved: 'the rule decided',
  none: 'no verdict',
};

function Ballots({ conflict }: { conflict: ShownConflict }): JSX.Element {
  return (
    <ul class="ballots">
      {conflict.ballots.map((ballot, i) => (
        <li key={`${ballot.answer} ${i}`} class={ballot.lost ? 'lost' : ''}>
          <b>{ballot.answer}</b> {place(ballot.slot)}
          {ballot.lost && (conflict.ballots.length === 2 ? ' late, outvoted' : ' outvoted')}
          {ballot.value !== null && <code>{plain(ballot.value)}</code>}
        </li>
      ))}
    </ul>
  );
}

/** Slots that were outvoted most often: a thread that computes wrongly is seen by that. */
function suspects(conflicts: readonly ShownConflict[]): string {
  const lost = new Map<number, number>();
  for (const conflict of conflicts) {
    if (conflict.verdict !== 'quorum') continue;
    for (const ballot of conflict.ballots) if (ballot.lost) lost.set(ballot.slot, (lost.get(ballot.slot) ?? 0) + 1);
  }
  return [...lost]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 4)
    .map(([slot, times]) => `${place(slot)} (${times})`)
    .join(', ');
}

export function Conflicts({ data }: { data: Snapshot }): JSX.Element | null {
  const { counts, last } = data.conflicts;
  const kinds = Object.entries(counts);
  if (kinds.length === 0) return null;
  const outvoted = suspects(last);
  return (
    <section class="panel" aria-labelledby="conflicts">
      <h2 id="conflicts">Copies that disagreed</h2>
      <p class="note">
        {kinds.map(([verdict, many]) => `${VERDICTS[verdict as ShownConflict['verdict']] ?? verdict}: ${count(many)}`).join(' · ')}
        {outvoted !== '' && ` · outvoted lately: ${outvoted}`}
      </p>
      {last
        .filter(({ verdict }) => verdict !== 'extra')
        .slice(-12)
        .reverse()
        .map((conflict) => (
          <div key={conflict.id} class="conflict">
            <p>
              <time>{clock(conflict.time)}</time> {plain(conflict.name)} <span class="id">#{conflict.taskId}</span>:{' '}
              {VERDICTS[conflict.verdict]}
            </p>
            <Ballots conflict={conflict} />
          </div>
        ))}
    </section>
  );
}
