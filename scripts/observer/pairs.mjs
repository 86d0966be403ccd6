// What measurements in pairs have in common.
import { readFileSync } from 'node:fs';

export const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean of ratios and its 95 % interval, without the outer fifths: what else the machine did in a slice is no cost of a page. */
export function interval(ratios) {
  const logs = ratios.map(Math.log).sort((a, b) => a - b);
  const outer = Math.floor(logs.length / 5);
  const kept = logs.slice(outer, logs.length - outer);
  const middle = mean(kept);
  // The variance of a trimmed mean is that of the values with the outer ones pulled in.
  const pulled = logs.map((log) => Math.max(kept[0], Math.min(kept.at(-1), log)));
  const about = mean(pulled);
  const variance = pulled.reduce((sum, log) => sum + (log - about) ** 2, 0) / (logs.length - 1);
  const spread = (2 * Math.sqrt(variance / logs.length)) / (kept.length / logs.length);
  const percent = (log) => `${((Math.exp(log) - 1) * 100).toFixed(2)} %`;
  return `${percent(middle)} (${percent(middle - spread)} to ${percent(middle + spread)})`;
}

/** Microseconds of CPU time that the main thread has had. */
export function mainThread() {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1_000;
  } catch {
    const { user, system } = process.cpuUsage();
    return user + system;
  }
}
