import type { ThreadExitReason } from '../core/events.ts';
import type { Exit, ThreadEvents } from '../executors/executor.ts';
import type { Feeder } from './feeding/feeder.ts';
import type { Deaths } from './outcomes/deaths.ts';
import type { Fences } from './outcomes/fences.ts';
import type { Intake } from './outcomes/intake.ts';
import { tellLate, tellLateError } from './outcomes/late.ts';
import { progressed } from './outcomes/progress.ts';
import type { Watchdog } from './outcomes/watchdog.ts';
import type { Services } from './services.ts';
import type { Following } from './threads/following.ts';
import { ownWords } from './threads/own-words.ts';
import type { PoolThread } from './threads/pool-thread.ts';
import type { Recycling } from './threads/recycling.ts';
import type { Roster } from './threads/roster.ts';
import type { Growth, RosterHost } from './threads/roster-host.ts';

interface ThreadLifeParts extends Pick<RosterHost, 'growth' | 'poolFailed'> {
  readonly services: Services;
  readonly roster: Roster;
  readonly feeder: Feeder;
  readonly intake: Intake;
  readonly watchdog: Watchdog;
  readonly fences: Fences;
  readonly deaths: Deaths;
  readonly recycling: Recycling;
  readonly following: Following | undefined;
}

/** What follows when a thread comes, says something, or goes. */
export class ThreadLife implements RosterHost {
  readonly growth: Growth | undefined;
  readonly poolFailed: (error: unknown) => void;
  readonly #parts: ThreadLifeParts;

  constructor(parts: ThreadLifeParts) {
    this.growth = parts.growth;
    this.poolFailed = parts.poolFailed;
    this.#parts = parts;
  }

  messages(thread: PoolThread): Omit<ThreadEvents, 'ready' | 'placed' | 'lost' | 'exited'> {
    const { services, roster, intake } = this.#parts;
    return {
      done: (bundle, from, values, times, failed) => intake.done(thread, bundle, from, values, times, failed),
      progress: (number, index, value) => {
        const attempt = thread.bundles.find((bundle) => bundle.number === number)?.attempts[index];
        if (attempt?.state === 'sent') progressed(attempt.task.extras, value);
        else tellLate(services, thread, attempt?.task.id ?? -1, attempt?.number ?? 0);
      },
      lateError: (...about) => {
        tellLateError(services, thread, ...about);
        roster.dismiss(thread, 'lateError');
      },
      leaving: () => roster.dismiss(thread, 'node'),
      unreadable: () => intake.unreadable(thread),
      accounted: (bundle, upTo) => intake.accounted(thread, bundle, upTo),
      garbage: () => tellLate(services, thread, -1, 0),
      ...ownWords(thread, services.emitter),
    };
  }

  available(): void {
    this.#parts.feeder.plan();
  }

  /** A thread that was to move goes first, as its successor has been started for it. */
  standby(): void {
    const { following, recycling } = this.#parts;
    if (following?.standby() !== true) recycling.standby();
  }

  leaving(thread: PoolThread): void {
    this.#parts.feeder.takeBack.revoke(thread);
  }

  settle(thread: PoolThread, exit: Exit, reason: ThreadExitReason): 'blamed' | 'innocent' {
    const { watchdog, fences, deaths } = this.#parts;
    watchdog.forget(thread);
    fences.forget(thread);
    return deaths.settle(thread, exit, reason);
  }
}
