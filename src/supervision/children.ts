import type { Clock } from '../core/clock.ts';
import { callUser } from './child/call-user.ts';
import { type Child, STOPPED } from './child/child.ts';
import { Launch, type LaunchOutcome } from './child/launch.ts';
import { Shutdown, type ShutdownHooks, type ShutdownLimits } from './child/shutdown.ts';
import type { Roster } from './child-list.ts';
import { type ExitReason, exitReason } from './exit.ts';
import type { Report, SupervisorListener } from './report.ts';
import type { RunningChild } from './spec.ts';

export interface ChildrenOptions {
  readonly roster: Roster;
  readonly clock: Clock;
  readonly report: Report;
  /** What the user listens with; handed on to children that are supervisors. */
  readonly listener: SupervisorListener | undefined;
  /** Whether a child that has ended is removed even if it is not temporary. */
  readonly forgetful: boolean;
  /** A running child has died by itself; its state is `dead` now. */
  readonly died: (child: Child) => void;
}

/** Starts and stops single children and hears their death notices. It knows no strategy and never restarts. */
export class Children {
  readonly #options: ChildrenOptions;
  readonly #shutdownHooks: ShutdownHooks<Child>;
  #orphans = 0;

  constructor(options: ChildrenOptions) {
    this.#options = options;
    const { report } = options;
    this.#shutdownHooks = {
      exited: (child, reason) => {
        if (reason.kind === 'error') report({ event: 'shutdownFailed', child: child.id, error: reason.error });
        this.#rest(child);
      },
      killed: (child) => report({ event: 'childKilled', child: child.id }),
      orphaned: (child) => {
        this.#orphaned(child);
        this.#rest(child);
      },
      failed: (child, error) => report({ event: 'shutdownFailed', child: child.id, error }),
    };
  }

  /** Children that were given up and have not exited yet. */
  get orphans(): number {
    return this.#orphans;
  }

  /** Starts a child that is stopped or restarting. Never rejects. */
  async start(child: Child): Promise<LaunchOutcome> {
    const { roster, report } = this.#options;
    const { id, restarts, settings } = child;
    const launch = new Launch({ id, restarts, startTimeout: settings.startTimeout }, this.#options, {
      abandoned: () => this.#orphaned(child),
      late: (running) => this.#dispose(child, running),
    });
    roster.become(child, { kind: 'starting', launch });
    const outcome = await launch.run(child.origin!);
    if (outcome.kind === 'started') {
      // Never started again, so neither its start nor what that holds on to is kept.
      if (child.settings.restart === 'temporary') child.origin = undefined;
      roster.become(child, { kind: 'running', running: outcome.running });
      report({ event: 'childStarted', child: child.id, restarts: child.restarts });
      this.#watch(outcome.running, (reason) => this.#exited(child, outcome.running, reason));
    } else {
      roster.become(child, STOPPED);
      if (outcome.kind === 'failed') report({ event: 'childStartFailed', child: child.id, error: outcome.error });
    }
    return outcome;
  }

  /** Breaks off a start that is under way. It has as long as a child that runs, from the asking to being an orphan. */
  cancel(child: Child, shutdown: number = child.settings.shutdown): void {
    if (child.state.kind === 'starting') child.state.launch.cancel(shutdown + child.settings.terminateTimeout);
  }

  /** Kills them all at once, each with its own limit; shutdowns that are under way stop asking, starts are broken off. */
  async kill(children: readonly Child[]): Promise<void> {
    const byLimit = new Map<number, Child[]>();
    for (const child of children) {
      this.cancel(child, 0);
      if (child.state.kind === 'stopping') child.state.shutdown.kill();
      const { terminateTimeout } = child.settings;
      const alike = byLimit.get(terminateTimeout);
      if (alike === undefined) byLimit.set(terminateTimeout, [child]);
      else alike.push(child);
    }
    await Promise.all([...byLimit].map(([terminateTimeout, alike]) => this.stopTogether(alike, { shutdown: 0, terminateTimeout })));
  }

  /** Stops one child. Resolves when it is stopped, or given up. A start under way must have been awaited before. */
  async stop(child: Child): Promise<void> {
    switch (child.state.kind) {
      case 'running':
        return this.stopTogether([child], child.settings);
      case 'stopping':
        return child.state.shutdown.done;
      case 'dead':
        this.#options.report({ event: 'childExited', child: child.id, reason: child.state.reason, decision: 'joined' });
        return this.#rest(child);
      case 'restarting':
        return this.#rest(child);
    }
  }

  /** Stops all of them that run at once, under one timer; those that are being stopped already are waited for. */
  async stopTogether(children: Iterable<Child>, limits: ShutdownLimits): Promise<void> {
    const shutdown = new Shutdown(limits, this.#options.clock, this.#shutdownHooks);
    const shutdowns = new Set([shutdown]);
    const running: [Child, RunningChild][] = [];
    for (const child of children) {
      if (child.state.kind === 'running') running.push([child, child.state.running]);
      else if (child.state.kind === 'stopping') shutdowns.add(child.state.shutdown);
      else void this.stop(child);
    }
    for (const [child, one] of running) this.#options.roster.become(child, { kind: 'stopping', running: one, shutdown });
    shutdown.begin(running);
    for (const one of shutdowns) await one.done;
  }

  /** A child that is dead or waits for a restart stays stopped, or is removed. */
  forget(child: Child): void {
    this.#rest(child);
    if (this.#options.forgetful) this.#options.roster.remove(child);
  }

  #rest(child: Child): void {
    const { roster, clock } = this.#options;
    if (child.state.kind === 'restarting') clock.clearTimeout(child.state.timer);
    if (child.state.kind !== 'stopped') roster.become(child, STOPPED);
    if (child.settings.restart === 'temporary') roster.remove(child);
  }

  #exited(child: Child, running: RunningChild, reason: ExitReason): void {
    const { state } = child;
    if (state.kind === 'running' && state.running === running) {
      this.#options.roster.become(child, { kind: 'dead', reason });
      this.#options.died(child);
    } else if (state.kind === 'stopping' && state.running === running) state.shutdown.exited(child, reason);
    else this.#orphanExited(child);
  }

  #watch(running: RunningChild, exited: (reason: ExitReason) => void): void {
    Promise.resolve<unknown>(running.exited).then(
      (value) => exited(exitReason(value)),
      (error) => exited({ kind: 'error', error }),
    );
  }

  /** A child that an abandoned start returns after all is killed, and counts as an orphan until it has exited. */
  #dispose(child: Child, running: RunningChild | undefined): void {
    if (running === undefined) {
      this.#orphanExited(child);
      return;
    }
    this.#watch(running, () => this.#orphanExited(child));
    callUser(
      () => (running.kill === undefined ? running.stop() : running.kill()),
      (error) => this.#options.report({ event: 'shutdownFailed', child: child.id, error }),
    );
  }

  #orphaned(child: Child): void {
    this.#orphans++;
    this.#options.report({ event: 'childOrphaned', child: child.id });
  }

  #orphanExited(child: Child): void {
    this.#orphans--;
    this.#options.report({ event: 'orphanExited', child: child.id });
  }
}
