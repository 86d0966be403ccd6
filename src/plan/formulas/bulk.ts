/** A pool in which each task brings several copies. Service times are exponential, and their mean is the unit of time. */
export interface BulkQueue {
  readonly servers: number;
  /** Tasks that come in one service time. */
  readonly arrivals: number;
  /** Mean number of copies that a task brings where a thread is idle, and where none is. */
  readonly idle: number;
  readonly full: number;
}

/** How much longer than the threads are many the line is followed. */
const LONGEST = 5_000;

/** Chance that a task brings more than `k` copies: a whole number of them, the next below or above `mean`. */
const moreThan = (k: number, mean: number): number => Math.min(1, Math.max(0, mean - k));

/**
 * Chances that 0, 1, 2 ... copies are in the pool, running or waiting: M^[X]/M/c, by the balance of what goes up and down past each number (Kabak
 * 1970). `undefined` if the line grows without end.
 */
export function balance({ servers, arrivals, idle, full }: BulkQueue): number[] | undefined {
  if (arrivals * full >= servers) return undefined;
  const widest = Math.ceil(Math.max(idle, full));
  const chances = [1];
  let sum = 1;
  for (let n = 0; n < servers + LONGEST; n++) {
    let up = 0;
    for (let j = Math.max(0, n - widest + 1); j <= n; j++) up += chances[j]! * moreThan(n - j, j < servers ? idle : full);
    const next = (arrivals * up) / Math.min(n + 1, servers);
    chances.push(next);
    sum += next;
    if (n > servers && next < 1e-12 * sum) break;
    if (sum > 1e250) {
      for (let i = 0; i < chances.length; i++) chances[i]! *= 1e-250;
      sum *= 1e-250;
    }
  }
  return chances.map((chance) => chance / sum);
}

/**
 * Chances that no thread is idle, at `steps` + 1 instants until `span` after a task has come while none was: the same chain over time, in as many small
 * steps as its fastest state asks for (Jensen 1953).
 */
export function fullAfter({ servers, arrivals, idle, full }: BulkQueue, chances: readonly number[], span: number, steps: number): number[] {
  const size = chances.length + Math.ceil(full);
  const fullNow = (state: Float64Array): number => state.subarray(servers).reduce((sum, chance) => sum + chance, 0);
  let now = new Float64Array(size);
  // The task itself makes the line longer by what it brings, which is nearly always the whole number below.
  for (let n = servers; n < chances.length; n++) now[n + Math.floor(full)]! = chances[n]!;
  const all = fullNow(now);
  now = now.map((chance) => chance / all);
  const step = span / steps;
  const seen = [1];
  for (let i = 0; i < steps; i++) {
    const next = new Float64Array(size);
    for (let n = 0; n < size; n++) {
      const chance = now[n]!;
      if (chance === 0) continue;
      const brought = n < servers ? idle : full;
      const whole = Math.floor(brought);
      const [up, down] = [chance * arrivals * step, chance * Math.min(n, servers) * step];
      next[n]! += chance - up - down;
      if (n > 0) next[n - 1]! += down;
      // What would leave the end of the line stays there.
      next[Math.min(size - 1, n + whole)]! += up * (1 - (brought - whole));
      next[Math.min(size - 1, n + whole + 1)]! += up * (brought - whole);
    }
    now = next;
    seen.push(fullNow(now));
  }
  return seen;
}
