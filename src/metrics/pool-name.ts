let pools = 0;

/** An automatic name, `pool-1` and so on; it tells the pools of a process apart in metrics and diagnostics. */
export function nextPoolName(): string {
  return `pool-${++pools}`;
}
