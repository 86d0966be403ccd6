import type { Registry } from 'prom-client';
import type { EnrolledServer } from '../core/servers/server-roll.ts';
import { serversOnRoll } from '../core/servers/server-roll.ts';
import type { MetricsRegister } from '../options/types.ts';
import { SERVERS } from './catalogue/servers.ts';
import { checkedPrefix, checkedRegister, nameTaken } from './checks.ts';
import { LiveMetric, type ReporterOf } from './live-metric.ts';
import { ownRegister } from './own-register.ts';

/** A metric of servers: of all that run in this program at the time of a scrape. */
class ServerMetric extends LiveMetric<EnrolledServer> {
  protected *all(): Iterable<ReporterOf<EnrolledServer>> {
    for (const server of serversOnRoll()) yield { labels: { server: server.name }, source: server };
  }
}

/** Options of `serverMetrics`. */
export interface ServerMetricsOptions {
  /** A prom-client registry to report through, with whatever else is in it. @default one of its own */
  readonly register?: MetricsRegister | undefined;
  /** What the name of every metric begins with. @default 'holdfast_' */
  readonly prefix?: string | undefined;
}

/** Metrics of the servers of this program in the text format of Prometheus. */
export interface ServerMetrics {
  /** A prom-client registry: one of its own, or the one that was given. */
  readonly register: Registry;
  /** For the response header. */
  readonly contentType: string;
  /** The text to serve: everything in the register. */
  metrics(): Promise<string>;
}

/**
 * Reports what the servers of this program count through a prom-client registry; it is read only when the registry is. Each has the label `server`, its
 * name; servers that start later are in it, and one that has ended is not any more. To join a register twice is no fault.
 *
 * @throws {InvalidOptionError} `ERR_INVALID_OPTION`: a bad prefix, or a metric of that name in the register which is not ours
 */
export function serverMetrics({ register = ownRegister(), prefix = 'holdfast_' }: ServerMetricsOptions = {}): ServerMetrics {
  checkedRegister(register as MetricsRegister);
  checkedPrefix(prefix);
  const missing = SERVERS.filter(({ name }) => {
    const present = register.getSingleMetric(prefix + name);
    if (present !== undefined && !(present instanceof ServerMetric)) nameTaken(prefix + name);
    return present === undefined;
  });
  for (const entry of missing) register.registerMetric(new ServerMetric(entry, prefix, 'server') as never);
  return {
    register: register as Registry,
    get contentType() {
      return register.contentType;
    },
    metrics: () => register.metrics(),
  };
}

/** Whether a register has the servers of this program in it already. */
export function hasServers(register: MetricsRegister, prefix = 'holdfast_'): boolean {
  return register.getSingleMetric(prefix + SERVERS[0]!.name) !== undefined;
}
