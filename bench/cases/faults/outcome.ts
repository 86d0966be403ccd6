import { figuresOf, type Tally } from '../../drive/tally.ts';
import type { Figures } from '../../results.ts';
import type { Outcome } from '../case.ts';

/** A tally, with what was measured besides it, as the outcome of a case. */
export function outcomeOf(tally: Tally, more: Figures = {}): Outcome {
  const figures = { ...figuresOf(tally), ...more };
  const note = tally.errors.length > 0 ? tally.errors.join(' | ').slice(0, 300) : undefined;
  return { status: tally.stalled ? 'hung' : 'ok', figures, ...(note ? { note } : {}) };
}
