import type { PartitionedServerOptions, ServerOptions } from '../options.ts';
import { resolvePartitions } from '../partition-options.ts';
import { newServerId } from '../process/registry.ts';
import type { Server } from '../server.ts';
import { keepCount } from './count-file.ts';
import { PartitionedServer } from './partitioned-server.ts';

/** All of them or none: if one does not start, those that have are stopped, and its error is thrown. */
export async function startPartitions<Module>(
  { partitions: given, ...options }: PartitionedServerOptions<Module>,
  start: (options: ServerOptions<Module>) => Promise<Server<Module>>,
): Promise<PartitionedServer<Module>> {
  const { count, key } = resolvePartitions(given);
  const name = options.name ?? newServerId();
  const { journal } = options;
  if (typeof journal === 'string') await keepCount(journal, count);
  const starts = Array.from({ length: count }, (_, place) =>
    start({ ...options, name: `${name}/${place}`, ...(journal === undefined ? {} : { journal: `${journal}.${place}` }) }),
  );
  const ends = await Promise.allSettled(starts);
  const failure = ends.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined;
  const servers = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
  if (failure === undefined) return new PartitionedServer(name, servers, key);
  await Promise.all(servers.map((each) => each.stop()));
  throw failure.reason;
}
