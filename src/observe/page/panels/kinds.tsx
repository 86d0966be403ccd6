import type { JSX } from 'preact';
import { count } from '../format.ts';

/** How many of the last ones are shown of each kind. */
const SHOWN = 8;

interface KindsProps<One> {
  /** How often each kind has happened: those that are shown. */
  readonly counts: readonly (readonly [kind: string, many: number])[];
  /** The last ones of all kinds, oldest first. */
  readonly last: readonly One[];
  readonly kindOf: (one: One) => string;
  readonly show: (one: One) => JSX.Element;
}

/** What has happened, kind by kind: the most frequent first, and of each the last few, newest first. */
export function Kinds<One>({ counts, last, kindOf, show }: KindsProps<One>): JSX.Element {
  if (counts.length === 0) return <p class="none">None so far.</p>;
  return (
    <>
      {counts
        .toSorted(([, a], [, b]) => b - a)
        .map(([kind, many]) => (
          <details key={kind} class="kind" open>
            <summary>
              <h3>
                {kind} <b>{count(many)}</b>
              </h3>
            </summary>
            {last
              .filter((one) => kindOf(one) === kind)
              .toReversed()
              .slice(0, SHOWN)
              .map(show)}
          </details>
        ))}
    </>
  );
}

/** Kinds that are only counted. */
export function Counted({
  what,
  counts,
}: {
  what: string;
  counts: readonly (readonly [kind: string, many: number])[];
}): JSX.Element | null {
  if (counts.length === 0) return null;
  return (
    <p class="note">
      {what}: {counts.map(([kind, many]) => `${kind} ${count(many)}`).join(', ')}.
    </p>
  );
}
