import type { JSX } from 'preact';
import type { Snapshot } from '../frames.ts';
import { count, short, time } from './format.ts';

interface Figure {
  readonly label: string;
  readonly value: string;
  readonly more: string;
  readonly bad?: boolean;
}

const total = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((sum, value) => sum + value, 0);

function figuresOf({ stats, points, slots, retries, deaths }: Snapshot): Figure[] {
  const last = points.at(-1);
  const { threads } = stats;
  const failing = last?.rejected ?? 0;
  const retried = total(retries);
  // A thread that was needed elsewhere died of no fault.
  const died = total(deaths.counts) - (deaths.counts.reclaimed ?? 0);
  return [
    {
      label: 'settled a second',
      value: short((last?.fulfilled ?? 0) + failing),
      more: `${short(stats.fulfilled + stats.rejected)} in all`,
    },
    { label: 'failed a second', value: short(failing), more: `${count(stats.rejected)} in all`, bad: failing > 0 },
    { label: 'waiting', value: short(stats.queued), more: `${short(stats.running)} on threads` },
    { label: 'run time, p50', value: time(last?.run50 ?? null), more: `p99 ${time(last?.run99 ?? null)}` },
    { label: 'wait, p50', value: time(last?.wait50 ?? null), more: `p99 ${time(last?.wait99 ?? null)}` },
    {
      label: 'threads busy',
      value: `${threads.busy} / ${slots}`,
      more: `${threads.spare} ${threads.spare === 1 ? 'spare' : 'spares'}, ${threads.starting} starting`,
    },
    { label: 'threads died', value: short(died), more: `${short(retried)} retries`, bad: died > 0 },
    {
      label: 'retry budget left',
      value: `${Math.round(stats.retryBudget * 100)} %`,
      more: `${threads.orphan} ${threads.orphan === 1 ? 'orphan' : 'orphans'}`,
      bad: stats.retryBudget < 0.1 || threads.orphan > 0,
    },
  ];
}

export function Figures({ data }: { data: Snapshot }): JSX.Element {
  return (
    <dl class="figures" aria-label="Figures">
      {figuresOf(data).map(({ label, value, more, bad }) => (
        <div key={label} class={bad ? 'bad' : ''}>
          <dt>{label}</dt>
          <dd class="value">{value}</dd>
          <dd class="more">{more}</dd>
        </div>
      ))}
    </dl>
  );
}
