/** Rounds of one call of `mix`. */
const STEP = 2_048;

/**
 * Work of the CPU that no compiler can leave out, counted in rounds and not in time: a thread that waits for a core
 * still has all of it to do, as with a real computation. A wall-clock loop would shrink when the machine is loaded.
 *
 * It is done in steps, a call each. In one long loop it would be compiled in the middle of its first call, when V8 had not yet seen
 * what comes after the loop; such code is thrown away at the end of every call, and the same task takes one millisecond or two,
 * as chance will have it.
 */
export function busy(rounds: number): number {
  let h = 0x011c9dc5;
  for (let done = 0; done < rounds; done += STEP) h = mix(h, Math.min(STEP, rounds - done));
  return h >>> 0;
}

function mix(h: number, rounds: number): number {
  for (let i = 0; i < rounds; i++) h = Math.imul(h ^ (i & 0xff), 0x01000193);
  return h;
}

/** How many rounds of `busy` take a millisecond of this machine's CPU, by CPU time: the median of several tries. */
export function calibrateRounds(tries: number = 7, rounds: number = 20_000_000): number {
  busy(rounds);
  const rates: number[] = [];
  for (let i = 0; i < tries; i++) {
    const before = process.cpuUsage();
    busy(rounds);
    const { user, system } = process.cpuUsage(before);
    rates.push(rounds / ((user + system) / 1000));
  }
  return rates.sort((a, b) => a - b)[Math.floor(tries / 2)]!;
}
