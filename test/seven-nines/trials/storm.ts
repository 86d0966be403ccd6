import { exponential, staged } from '../world/stage.ts';
import { Workers } from '../world/workers.ts';

export interface StormSetting {
  readonly threads: number;
  readonly load: number;
  /** Milliseconds. */
  readonly service: number;
  /** Share of the attempts that throw, at their end. */
  readonly failing: number;
  readonly retries: number;
  readonly retryBudget: number;
  /** Milliseconds that are counted, after a quarter of it that is not. */
  readonly time: number;
}

/** Shares of the tasks that came. */
export interface StormOutcome {
  readonly begun: number;
  readonly fulfilled: number;
}

/** A storm of failing attempts in steady state, or on the way to disaster: what comes is what comes, and waits without limit. */
export function stormRun(
  seed: number,
  { threads, load, service, failing, retries, retryBudget, time }: StormSetting,
): Promise<StormOutcome> {
  return staged(seed, (stage) => {
    const { timeline } = stage;
    const random = stage.random(10);
    const from = time / 4;
    let [came, begun, fulfilled] = [0, 0, 0];
    const counts = (): boolean => timeline.now() >= from;
    const workers = new Workers({
      timeline,
      atOnce: threads,
      boot: 0,
      perform: ({ number }) => {
        if (number === 1 && counts()) begun++;
        return { ms: exponential(random, service), throws: random() < failing };
      },
    });
    const retry = { retries, minTimeout: 1, maxTimeout: 1, randomize: false, on: ['error' as const] };
    const pool = stage.pool(workers, { threads, retry, retryBudget, timeout: Number.POSITIVE_INFINITY });
    const total = from + time;
    stage.arrivals((load * threads) / service, total, stage.random(11), () => {
      if (counts()) came++;
      pool.run(undefined).then(
        () => {
          if (counts()) fulfilled++;
        },
        () => {},
      );
    });
    stage.run(total);
    return { begun: begun / came, fulfilled: fulfilled / came };
  });
}
