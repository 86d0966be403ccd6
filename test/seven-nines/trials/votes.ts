import { exponential, staged } from '../world/stage.ts';
import { Workers } from '../world/workers.ts';

export interface VoteSetting {
  readonly threads: number;
  /** Load by single tasks, without copies. */
  readonly load: number;
  readonly service: number;
  readonly replicas: number;
  readonly quorum: number;
  /** Chance that a copy answers wrongly, as it is and as it is drawn: rare events are drawn more often, and weigh less. */
  readonly corrupt: number;
  readonly drawn: number;
  readonly agree: number;
  readonly common: number;
  readonly tasks: number;
}

export interface VoteRun {
  /** For each task, the weight of its draws if it was answered wrongly, 0 if not. */
  readonly wrong: number[];
  readonly undecided: number[];
  /** For each task, weight and copies that ran. */
  readonly copies: number[];
}

interface Job {
  /** All its copies are struck by one corruption. */
  struck: boolean;
  /** Likelihood of what was drawn, as it is over as it was drawn. */
  weight: number;
  copies: number;
}

/** Enough for the thread of a losing ballot to be replaced at once. */
const SPARES = 3;

/** How often a copy that is struck by itself is wrong, and how often all are struck at once. */
function split(corrupt: number, common: number): { all: number; single: number } {
  const all = corrupt * common;
  return { all, single: (corrupt - all) / (1 - all) };
}

/** Tasks in copies at random instants, each copy wrong with some probability; the pool decides. */
export function voteRun(seed: number, setting: VoteSetting): Promise<VoteRun> {
  const { threads, load, service, replicas, quorum, corrupt, drawn, agree, common, tasks } = setting;
  const [real, biased] = [split(corrupt, common), split(drawn, common)];
  return staged(seed, (stage) => {
    const { timeline } = stage;
    const times = stage.random(10);
    const chance = stage.random(12);
    /** Draws with the biased chance, and takes the likelihood down. */
    const strikes = (job: Job, asItIs: number, asDrawn: number): boolean => {
      const struck = chance() < asDrawn;
      if (asDrawn > 0) job.weight *= struck ? asItIs / asDrawn : (1 - asItIs) / (1 - asDrawn);
      return struck;
    };
    let strangers = 0;
    const workers = new Workers({
      timeline,
      atOnce: threads + SPARES,
      boot: 30,
      perform: ({ task }) => {
        const job = task.input as Job | undefined;
        const ms = exponential(times, service);
        if (job === undefined) return { ms, value: 'right' };
        job.copies++;
        if (job.struck) return { ms, value: 'wrong' };
        if (!strikes(job, real.single, biased.single)) return { ms, value: 'right' };
        return { ms, value: chance() < Math.sqrt(agree) ? 'wrong' : `wrong in its own way ${strangers++}` };
      },
    });
    const redundancy = { replicas, quorum, maxReplicas: replicas + 2 };
    const pool = stage.pool(workers, { threads, spares: SPARES, redundancy, retry: 1_000, timeout: Number.POSITIVE_INFINITY });
    const run: VoteRun = { wrong: [], undecided: [], copies: [] };
    const settled = ({ weight, copies }: Job, how: 'right' | 'wrong' | 'undecided'): void => {
      run.wrong.push(how === 'wrong' ? weight : 0);
      run.undecided.push(how === 'undecided' ? weight : 0);
      run.copies.push(weight * copies);
    };
    let submitted = 0;
    stage.arrivals((load * threads) / service, Number.POSITIVE_INFINITY, stage.random(11), () => {
      if (submitted++ >= tasks) return;
      const job: Job = { struck: false, weight: 1, copies: 0 };
      job.struck = strikes(job, real.all, biased.all);
      pool.run(job).then(
        (value) => settled(job, value === 'right' ? 'right' : 'wrong'),
        () => settled(job, 'undecided'),
      );
    });
    stage.run(Number.POSITIVE_INFINITY, () => run.wrong.length >= tasks);
    return run;
  });
}
