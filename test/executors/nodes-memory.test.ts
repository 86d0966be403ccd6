import { systemClock } from '../../src/core/time/system-clock.ts';
import type { Executor } from '../../src/executors/executor.ts';
import { MemoryBroker } from '../../src/executors/nodes/link/memory-broker.ts';
import { MemoryLink } from '../../src/executors/nodes/link/memory-link.ts';
import { agent, executor } from '../nodes/stage.ts';
import { first } from '../soak.ts';
import { conformance } from './conformance.ts';
import { settingsFor } from './settings.ts';

for (const isolation of first(1, ['thread', 'process'] as const)) {
  conformance({
    name: `threads of a node, over the link in memory, isolation '${isolation}'`,
    create: (filename): Executor => {
      const broker = new MemoryBroker(systemClock);
      const node = agent(new MemoryLink(broker, systemClock), { filename: settingsFor(filename).filename!, isolation });
      const nodes = executor(new MemoryLink(broker, systemClock), filename);
      return {
        start: (events) => nodes.start(events),
        close: async () => {
          await nodes.close();
          await (await node).stop();
        },
      };
    },
  });
}
