import { startServer } from '../../src/server/index.ts';
import { type Contender, compiled } from './contender.ts';

/** A server of `holdfast/server`; `needs.holdfast` are its options. */
export const server: Contender = {
  name: 'holdfast server',
  setup:
    "defaults (recover: 'replay', snapshots every 1,000 messages, time-outs of calls and handlers); journal, standby and replicas only where the case says so",
  async start({ holdfast: options }) {
    const { bytes = 0, ...rest } = options ?? {};
    const started = await startServer<typeof import('../work/counter.ts')>({
      filename: compiled('work/counter'),
      options: { bytes: bytes as number },
      restart: { intensity: 1e6, minTimeout: 0 },
      ...rest,
    });
    return { run: () => started.call('add', { sku: 'a', count: 1 }), close: () => started.kill() };
  },
};
