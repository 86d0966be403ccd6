import { serversOnRoll } from '../../core/servers/server-roll.ts';
import { ownRegister } from '../../metrics/own-register.ts';
import { hasServers, type ServerMetrics, serverMetrics } from '../../metrics/server-metrics.ts';
import type { Observed } from '../record/watch-pool.ts';
import type { Answer } from './answer.ts';

/** The metrics of all servers, in each format that a pool has asked for. */
const servers = new Map<string, ServerMetrics>();

/** The last line of the format OpenMetrics; the older one has none. */
const END = /# EOF\n$/;

function serversAs(contentType: string): ServerMetrics {
  let made = servers.get(contentType);
  if (made === undefined) {
    const register = ownRegister();
    register.setContentType(contentType as never);
    made = serverMetrics({ register });
    servers.set(contentType, made);
  }
  return made;
}

/** The metrics of a pool, and those of the servers of this program, if there are any and they are not in the same register. */
export async function metricsAnswer({ metrics }: Observed): Promise<Answer> {
  const text = await metrics.metrics();
  const { contentType: type, register } = metrics;
  if (serversOnRoll().size === 0 || hasServers(register)) return { status: 200, type, body: text };
  return { status: 200, type, body: text.replace(END, '') + (await serversAs(type).metrics()) };
}
