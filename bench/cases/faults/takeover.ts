import { watchThreads } from '../../drive/threads.ts';
import { quantile } from '../../stats/quantiles.ts';
import { createLedger } from '../../work/ledger.ts';
import { publishSetting } from '../../work/setting.ts';
import { type Case, inQuick } from '../case.ts';

const SETTLE_MS = 150;

/** A pool of one thread, a core free, nothing else to do: its thread dies, and the next task waits. */
export const takeover: Case = {
  name: 'takeover',
  title: 'Take-over of a dead slot (one thread, a core free)',
  columns: ['takeoverMs', 'takeoverFromDeathMs', 'p99', 'lost', 'uncaught'],
  variants: (scale) => [{ name: 'exit', params: {}, ...inQuick(scale, ['holdfast', 'piscina']) }],
  limitMs: ({ takeovers, stallMs }) => takeovers * 600 + stallMs + 20_000,
  async measure({ contender, scale, progress }) {
    const ledger = createLedger(0);
    publishSetting({ plan: { seed: 0, rates: {} }, ledger, slowRounds: 0 });
    const watch = watchThreads();
    const pool = await contender.start({ threads: 1, faulty: true, holdfast: { retry: false } });
    await Promise.all([0, 1, 2, 3].map(async (id) => pool.run(id)));
    const [fromExit, fromDeath]: [number[], number[]] = [[], []];
    for (let i = 0; i < scale.takeovers; i++) {
      await rest(SETTLE_MS);
      const dying = Promise.resolve(pool.run({ kind: 'stamp', what: 'die' })).catch(() => {});
      const next = Promise.resolve(pool.run({ kind: 'stamp', what: 'live' })).then(
        // Read at once: a contender that tries the deadly task again will soon overwrite the stamps.
        () => {
          fromExit.push(ledger.stampOf('start') - watch.lastExitAt);
          fromDeath.push(ledger.stampOf('start') - ledger.stampOf('death'));
        },
        () => {},
      );
      const end = await Promise.race([Promise.all([next, dying]), rest(scale.stallMs)]);
      if (!end) return { status: 'hung', figures: { accepted: scale.takeovers, lost: scale.takeovers - i, settled: i } };
      progress({ settled: i });
    }
    void pool.close();
    const figures = {
      takeoverMs: quantile(fromExit, 0.5),
      p99: quantile(fromExit, 0.99),
      takeoverFromDeathMs: quantile(fromDeath, 0.5),
      lost: 0,
    };
    return { status: 'ok', figures };
  },
};

const rest = (ms: number): Promise<undefined> => new Promise((resolve) => setTimeout(resolve, ms, undefined));
