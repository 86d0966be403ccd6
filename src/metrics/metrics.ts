import type { Registry } from 'prom-client';
import type { MetricsOptions, MetricsRegister } from '../options/types.ts';
import { CATALOGUE } from './catalogue/index.ts';
import { checkedLabels, checkedPrefix, checkedRegister, nameTaken, poolTwice } from './checks.ts';
import { ownRegister } from './own-register.ts';
import { PoolMetric, type Reporter } from './pool-metric.ts';
import { nextPoolName } from './pool-name.ts';
import type { MetricsSource } from './source.ts';

/** Metrics of one pool in the text format of Prometheus. */
export interface PoolMetrics {
  /** A prom-client registry: the pool's own, or the one that was given. */
  readonly register: Registry;
  /** Value of the label `pool`. */
  readonly pool: string;
  /** For the response header. */
  readonly contentType: string;
  /** The text to serve: everything in the register. */
  metrics(): Promise<string>;
  /** Takes the pool out of a shared register. One of its own can still be read. */
  close(): void;
}

/** The next automatic name that no pool of this register has chosen. */
function freeName(register: MetricsRegister, prefix: string): string {
  const present: unknown = register.getSingleMetric(prefix + CATALOGUE[0]!.name);
  const taken = new Set(present instanceof PoolMetric ? Array.from(present.reporters, ({ labels }) => labels.pool) : []);
  for (;;) {
    const name = nextPoolName();
    if (!taken.has(name)) return name;
  }
}

/**
 * Reports what `source` counts through a prom-client registry; it is read only when the registry is. `false` reports nothing.
 *
 * @throws {InvalidOptionError} `ERR_INVALID_OPTION`: a bad prefix or label, labels that another pool in the register has,
 * or a metric of that name in the register which is not ours
 */
export function createMetrics(options: false | MetricsOptions, source: MetricsSource): PoolMetrics {
  // `false`: a register with nothing in it, so that an endpoint that serves the text needs no special case.
  if (options === false) return unread(nextPoolName(), ownRegister, async () => '');
  const prefix = checkedPrefix(options.prefix ?? 'holdfast_');
  const given = checkedLabels(options.labels ?? {});
  if (options.register !== undefined) return shared(checkedRegister(options.register), prefix, given, source);
  const labels = { ...given, pool: given.pool ?? nextPoolName() };
  return unread(labels.pool, () => {
    const register = ownRegister();
    join(register, prefix, { labels, source });
    return register;
  });
}

/** Metrics in a register of the pool's own, which is made when it is first read. */
function unread(
  pool: string,
  make: () => Registry,
  text = (register: () => Registry): Promise<string> => register().metrics(),
): PoolMetrics {
  let made: Registry | undefined;
  const register = (): Registry => {
    made ??= make();
    return made;
  };
  return {
    get register() {
      return register();
    },
    pool,
    get contentType() {
      return register().contentType;
    },
    metrics: () => text(register),
    close: () => {},
  };
}

/** Metrics in a register that was given, where other pools may be as well. */
function shared(register: MetricsRegister, prefix: string, given: Readonly<Record<string, string>>, source: MetricsSource): PoolMetrics {
  const labels = { ...given, pool: given.pool ?? freeName(register, prefix) };
  const reporter: Reporter = { labels, source };
  const joined = join(register, prefix, reporter);
  return {
    register: register as Registry,
    pool: labels.pool,
    get contentType() {
      return register.contentType;
    },
    metrics: () => register.metrics(),
    close: () => leave(register, joined, reporter),
  };
}

/** The metrics of this prefix in the register: those that other pools have put there, or new ones. All or none. */
function join(register: MetricsRegister, prefix: string, reporter: Reporter): ReadonlyMap<string, PoolMetric> {
  const joined = new Map<string, PoolMetric>();
  for (const entry of CATALOGUE) {
    const name = prefix + entry.name;
    const present: unknown = register.getSingleMetric(name);
    if (present !== undefined && !(present instanceof PoolMetric)) nameTaken(name);
    const metric = present ?? new PoolMetric(entry, prefix);
    for (const other of metric.reporters) if (sameLabels(other.labels, reporter.labels)) poolTwice(reporter.labels);
    joined.set(name, metric);
  }
  for (const [name, metric] of joined) {
    metric.reporters.add(reporter);
    // A registry asks of a metric no more than PoolMetric has; prom-client's type is a union of its own classes.
    if (register.getSingleMetric(name) === undefined) register.registerMetric(metric as never);
  }
  return joined;
}

function leave(register: MetricsRegister, joined: ReadonlyMap<string, PoolMetric>, reporter: Reporter): void {
  for (const [name, metric] of joined) {
    metric.reporters.delete(reporter);
    // After `register.clear()` the name may belong to a metric of later pools.
    const present: unknown = register.getSingleMetric(name);
    if (metric.reporters.size === 0 && present === metric) register.removeSingleMetric(name);
  }
}

function sameLabels(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
