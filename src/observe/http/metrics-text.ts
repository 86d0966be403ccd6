import { serversOnRoll } from '../../core/servers/server-roll.ts';
import { hasServers, type ServerMetrics, serverMetrics } from '../../metrics/server-metrics.ts';
import type { Observed } from '../record/watch-pool.ts';

let servers: ServerMetrics | undefined;

/** The metrics of a pool, and those of the servers of this program, if there are any and they are not in the same register. */
export async function metricsText({ metrics }: Observed): Promise<string> {
  const text = await metrics.metrics();
  if (serversOnRoll().size === 0 || hasServers(metrics.register)) return text;
  servers ??= serverMetrics();
  return text + (await servers.metrics());
}
