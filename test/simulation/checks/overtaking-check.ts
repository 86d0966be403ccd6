import type { Attempt } from '../../../src/core/task.ts';
import type { Dispatcher } from '../../../src/dispatch/dispatcher.ts';
import type { PoolThread } from '../../../src/dispatch/threads/pool-thread.ts';
import type { World } from '../world/world.ts';

/** Bundles for each thread that may pass the attempt that has waited longest; docs/scheduling.md. */
const BY_AGE = 50;
/** Bundles that may pass the attempt that is next in order. */
const IN_ORDER = 2;
/** Milliseconds in which a thread must have been started or ended for the oldest attempt, if no thread may run it. Others have had their time before that. */
const RENEWED = 1_000;
/** Where more wait than this, to look through them at each bundle would cost too much: less where no caller keeps the pool busy on purpose. */
const MOST = 300;
const MOST_OF_OTHERS = 40;

/**
 * An attempt that is next is passed a bounded number of times, counted from outside: when a bundle goes to a thread, every attempt that waits and is before it,
 * and could have had that thread or a spare in its place, has been passed.
 */
export class OvertakingCheck {
  readonly #world: World;
  readonly #passes = new Map<Attempt, number>();
  #next: { attempt: Attempt; passes: number } | undefined;
  /** The oldest attempt while no thread may run it and none comes or goes: how often it was passed, and since when. */
  #stranded: { attempt: Attempt; passes: number; readonly since: number } | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  sent({ backlog, roster }: Dispatcher, threadId: number, sent: readonly Attempt[]): void {
    for (const attempt of sent) this.#passes.delete(attempt);
    if (backlog.size === 0 || backlog.size > (this.#world.closedLoops > 0 ? MOST : MOST_OF_OTHERS)) {
      this.#next = this.#stranded = undefined;
      return;
    }
    const thread = roster.slots.find((one) => one?.threadId === threadId);
    if (thread === undefined) return;
    const places = [thread, ...[...roster.threads].filter(({ phase }) => phase === 'spare')];
    const waiting = [...backlog].filter(({ task }) => task.state === 'open');
    if (waiting.length === 0) return;
    const threads = roster.slots.length;
    this.#byAge(waiting, sent, places, threads);
    this.#stranding(longestWaiting(waiting)!, [...roster.threads], threads);
    this.#inOrder(waiting, sent, places, threads);
  }

  #byAge(waiting: readonly Attempt[], sent: readonly Attempt[], places: readonly PoolThread[], threads: number): void {
    const plain = waiting.filter(({ placement }) => placement?.fresh !== true && !placement?.kin?.barred.length);
    // One attempt may have to wait for a new thread. Then another one with a wish may have to wait for it.
    const all = waiting.every((attempt) => places.some((place) => suits(attempt, place))) ? waiting : plain;
    for (const oldest of new Set([longestWaiting(all), longestWaiting(plain)])) {
      if (oldest === undefined || !sent.some(({ turn }) => turn > oldest.turn) || !suitsNow(oldest, places)) continue;
      const passes = (this.#passes.get(oldest) ?? 0) + 1;
      this.#passes.set(oldest, passes);
      // Twice, because an attempt that was the oldest before may be watched yet; and what is due in order may go before.
      if (passes > 2 * (BY_AGE + IN_ORDER + 1) * threads + 8)
        this.#world.fail(`task ${oldest.task.id}, which has waited longest, was passed by ${passes} bundles`);
    }
  }

  /** A thread that is always busy is never renewed: then who needs a new one waits for ever, though no thread that passes could have run it. */
  #stranding(oldest: Attempt, all: readonly PoolThread[], threads: number): void {
    const moves = all.some(({ phase }) => phase === 'starting' || phase === 'stopping');
    const now = this.#world.timeline.now();
    if (moves || all.some((thread) => suits(oldest, thread))) {
      this.#stranded = undefined;
      return;
    }
    if (this.#stranded?.attempt !== oldest) this.#stranded = { attempt: oldest, passes: 0, since: now };
    const { since } = this.#stranded;
    const passes = ++this.#stranded.passes;
    if (passes > 2 * (BY_AGE + IN_ORDER + 1) * threads + 8 && now - since > RENEWED)
      this.#world.fail(`task ${oldest.task.id} needs a new thread, and was passed by ${passes} bundles in ${now - since} ms`);
  }

  /** Only where no recovery work waits, whose turn depends on the budget. */
  #inOrder(waiting: readonly Attempt[], sent: readonly Attempt[], places: readonly PoolThread[], threads: number): void {
    const next = waiting.reduce((first, one) => (goesBefore(one, first) ? one : first));
    const passed = !waiting.some(({ recovery }) => recovery) && sent.every((one) => !one.recovery && goesBefore(next, one));
    if (!passed || !suitsNow(next, places)) {
      if (this.#next?.attempt !== next) this.#next = undefined;
      return;
    }
    const passes = this.#next?.attempt === next ? this.#next.passes + 1 : 1;
    this.#next = { attempt: next, passes };
    if (passes > (IN_ORDER + 1) * threads + 4)
      this.#world.fail(`task ${next.task.id}, which is next in order, was passed by ${passes} bundles in a row`);
  }
}

/** The thread itself, or a spare in its place once it is idle. */
function suitsNow(attempt: Attempt, [thread, ...spares]: readonly PoolThread[]): boolean {
  const moves = attempt.task.extras?.transferList !== undefined;
  if (suits(attempt, thread!)) return !moves || thread!.idle;
  return thread!.idle && spares.some((spare) => suits(attempt, spare));
}

function suits({ placement }: Attempt, thread: PoolThread): boolean {
  if (placement?.fresh === true && (thread.started > 0 || !thread.idle)) return false;
  return placement?.kin?.barred.includes(thread.key) !== true;
}

function longestWaiting(waiting: readonly Attempt[]): Attempt | undefined {
  return waiting.reduce<Attempt | undefined>((first, one) => (first === undefined || one.turn < first.turn ? one : first), undefined);
}

function goesBefore(a: Attempt, b: Attempt): boolean {
  const [one, other] = [a.task.spec.priority, b.task.spec.priority];
  return one > other || (one === other && a.turn < b.turn);
}
