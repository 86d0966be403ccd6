import type { ChildSettings, ChildSpec } from '../supervision/spec.ts';
import type { PartitionedServerOptions, ServerOptions } from './options.ts';
import { startServer } from './start.ts';

/**
 * A server as a child of a supervisor of `holdfast/supervision`. Threads that die are the server's own affair; the supervisor hears of it when the server has
 * given up, or ended. Without a journal the state then begins anew.
 */
export function serverChild<Module>(
  options: ServerOptions<Module> | PartitionedServerOptions<Module>,
  settings: ChildSettings & { id?: string } = {},
): ChildSpec {
  const { id = options.name ?? 'server', ...rest } = settings;
  return { ...rest, id, start: () => startServer<Module>(options) };
}
