import { startServer } from '../../src/server/index.ts';
import { compiled } from '../contenders/contender.ts';
import { quantile } from '../stats/quantiles.ts';
import type { Bench, Case, Outcome, Variant } from './case.ts';

const SIZES: Readonly<Record<string, number>> = { '1 kB': 1_000, '1 MB': 1_000_000, '100 MB': 100_000_000 };

function machineNow(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000 + nanoseconds / 1e6;
}

/** A server whose thread exits in a handler while a call waits behind it; a standby goes on. */
export const serverTakeover: Case = {
  name: 'server-takeover',
  title: 'Take-over of a server by its standby, until the next call is answered',
  columns: ['takeoverMs', 'takeoverP99Ms', 'takeoverFromDeathMs', 'fromDeathP99Ms', 'wrong', 'uncaught'],
  variants: ({ name }) =>
    Object.entries(SIZES)
      .slice(0, name === 'quick' ? 2 : 3)
      .map(([size, bytes]) => ({ name: `${size} of state`, params: { bytes }, contenders: ['holdfast server'] })),
  limitMs: ({ takeovers }) => takeovers * 8_000 + 60_000,
  measure,
};

async function measure({ scale, progress }: Bench, { params }: Variant): Promise<Outcome> {
  const stamps = new SharedArrayBuffer(8);
  const server = await startServer<typeof import('../work/counter.ts')>({
    filename: compiled('work/counter'),
    options: { bytes: Number(params.bytes) },
    standby: 1,
    retry: 0,
    workerData: { stamps },
    startTimeout: 60_000,
    callTimeout: 60_000,
    restart: { intensity: 1e6, minTimeout: 0 },
  });
  let noticedAt = 0;
  server.on('threadExit', () => {
    noticedAt = machineNow();
  });
  const [fromNotice, fromDeath]: [number[], number[]] = [[], []];
  let [count, wrong] = [0, 0];
  for (let i = 0; i < scale.takeovers; i++) {
    while (server.status().threads.filter(({ state }) => state === 'live').length < 2) await soon();
    if ((await server.call('add', { sku: 'a', count: 1 })) !== ++count) wrong++;
    const dying = server.call('die').catch(() => {});
    if ((await server.call('add', { sku: 'a', count: 1 })) !== ++count) wrong++;
    const answeredAt = machineNow();
    fromNotice.push(answeredAt - noticedAt);
    fromDeath.push(answeredAt - new Float64Array(stamps)[0]!);
    await dying;
    progress({ settled: i });
  }
  await server.kill();
  return {
    status: 'ok',
    figures: {
      takeoverMs: quantile(fromNotice, 0.5),
      takeoverP99Ms: quantile(fromNotice, 0.99),
      takeoverFromDeathMs: quantile(fromDeath, 0.5),
      fromDeathP99Ms: quantile(fromDeath, 0.99),
      wrong,
    },
  };
}

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
