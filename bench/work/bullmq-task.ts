/** Milliseconds of computing; 0 is a no-op. */
export interface WorkInput {
  readonly ms: number;
}

export function work({ ms }: WorkInput): number {
  const end = performance.now() + ms;
  let turns = 0;
  while (performance.now() < end) turns++;
  return turns;
}

export default work;
