import { Pool, type PoolOptions } from '../../src/index.ts';
import { type Contender, compiled } from './contender.ts';

export const holdfast: Contender = {
  name: 'holdfast',
  setup: 'defaults (time-out 30 s, 3 retries, 1 spare, metrics on); timeout, redundancy and hedge only where the case says so',
  async start({ threads, timeoutMs, heapMb, holdfast: extra }) {
    const options: PoolOptions = {
      filename: compiled('work/task'),
      threads,
      ...(timeoutMs ? { timeout: timeoutMs } : {}),
      ...(heapMb ? { resourceLimits: { maxOldGenerationSizeMb: heapMb } } : {}),
      ...extra,
    };
    const pool = new Pool(options);
    return {
      run: (job, transfer) => (transfer ? pool.run(job, { transferList: [...transfer] as never }) : pool.run(job)),
      map: (jobs) => pool.map(jobs),
      close: () => pool.close({ force: true }),
    };
  },
};
