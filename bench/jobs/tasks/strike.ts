import { mkdirSync } from 'node:fs';

interface Line {
  readonly id: string;
  /** What happens to its first attempt, or to each one. */
  readonly fault?: 'crash once' | 'hang once' | 'kill';
}

/** True for one of all processes that ask. */
function first(id: string): boolean {
  try {
    mkdirSync(`struck-${id}`);
    return true;
  } catch {
    return false;
  }
}

/** Computes for five milliseconds, unless something happens. */
export default function strike({ id, fault }: Line): { id: string; ms: number } {
  if (fault === 'kill' || (fault === 'crash once' && first(id))) process.kill(process.pid, 'SIGSEGV');
  if (fault === 'hang once' && first(id)) for (;;);
  const end = performance.now() + 5;
  while (performance.now() < end);
  return { id, ms: 5 };
}
