import { InvalidOptionError } from '../core/errors.ts';
import type { MetricsRegister } from '../options/types.ts';
import { RESERVED_LABELS } from './catalogue/index.ts';

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
/** Names that begin with two underscores belong to Prometheus itself. */
const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;

export function checkedRegister(register: MetricsRegister): MetricsRegister {
  for (const method of ['metrics', 'getSingleMetric', 'registerMetric', 'removeSingleMetric'] as const) {
    if (typeof register?.[method] !== 'function') fail('metrics.register', 'a Registry of prom-client', register);
  }
  return register;
}

export function checkedPrefix(prefix: string): string {
  if (prefix !== '' && !METRIC_NAME.test(prefix)) {
    fail('metrics.prefix', "the beginning of a metric name (letters, digits, '_', ':'; no digit first)", prefix);
  }
  return prefix;
}

export function checkedLabels(labels: Readonly<Record<string, unknown>>): Record<string, string> {
  const checked: Record<string, string> = {};
  for (const [name, value] of Object.entries(labels)) {
    if (!LABEL_NAME.test(name)) fail('metrics.labels', "label names of letters, digits and '_', no digit first and no '__'", name);
    if (RESERVED_LABELS.has(name)) fail('metrics.labels', `other names than ${[...RESERVED_LABELS].join(', ')}`, name);
    if (typeof value !== 'string') fail(`metrics.labels.${name}`, 'a string', value);
    checked[name] = value;
  }
  return checked;
}

export function nameTaken(name: string): never {
  throw new InvalidOptionError(
    `metrics.register: Expected no other metric called ${name}. Got one that is not a pool's. Choose another metrics.prefix.`,
  );
}

export function poolTwice(labels: Readonly<Record<string, string>>): never {
  throw new InvalidOptionError(
    `metrics.labels: Expected labels that tell this pool from the others in the register. Got ${JSON.stringify(labels)} a second time. Give each pool its own labels.pool.`,
  );
}

function fail(path: string, expected: string, value: unknown): never {
  throw new InvalidOptionError(`${path}: Expected ${expected}. Got ${typeof value === 'string' ? JSON.stringify(value) : typeof value}.`);
}
