import { anyNumber, arrayOf, type Check, object, oneOf, outOfRange, shaped, string, wrongType } from './checks.ts';
import type { MetricsOptions } from './types.ts';

const MOST_BUCKETS = 100;
const buckets: Check<readonly number[]> = (value, path) => {
  const bounds = arrayOf(anyNumber, 'numbers of seconds')(value, path);
  const ascend = bounds.every((bound, i) => bound > (bounds[i - 1] ?? 0));
  const expected = `1 to ${MOST_BUCKETS} numbers of seconds above 0, each larger than the one before`;
  return ascend && bounds.length > 0 && bounds.length <= MOST_BUCKETS ? bounds : outOfRange(path, expected, value);
};
const metricsShape = shaped<MetricsOptions>({
  register: object as never,
  prefix: string,
  labels: object as never,
  buckets,
  histograms: oneOf('pool', 'task'),
});
/** How a pool reports its metrics. */
export const metrics: Check<false | MetricsOptions> = (value, path) => {
  if (value === false) return false;
  if (typeof value !== 'object') return wrongType(path, 'false, or an object { register, prefix, labels, buckets, histograms }', value);
  return metricsShape(value, path);
};
