import type { Decision, ExitReason } from './exit.ts';

/** What can be said of a child, or of the supervisor itself. */
export type SupervisorEvent =
  | { readonly event: 'childStarted'; readonly child: string; readonly restarts: number }
  /** `decision` is `'joined'` if the death fell into a restart of its group, or into a stop, that was under way. */
  | { readonly event: 'childExited'; readonly child: string; readonly reason: ExitReason; readonly decision: Decision | 'joined' }
  | { readonly event: 'childStartFailed'; readonly child: string; readonly error: unknown }
  /** It crashed while it was being stopped, or `stop` or `kill` threw. */
  | { readonly event: 'shutdownFailed'; readonly child: string; readonly error: unknown }
  /** It did not stop in time. */
  | { readonly event: 'childKilled'; readonly child: string }
  /** It neither stopped nor died when it was killed, or its `start` was given up; it may still hold what it held. */
  | { readonly event: 'childOrphaned'; readonly child: string }
  | { readonly event: 'orphanExited'; readonly child: string }
  /** The restart intensity was exceeded: all children are being stopped. */
  | { readonly event: 'gaveUp'; readonly error: unknown }
  | { readonly event: 'stopped'; readonly reason: ExitReason };

/** One event of one supervisor; `at` is milliseconds since 1970. */
export type SupervisorReport = SupervisorEvent & { readonly supervisor: string; readonly at: number };

/** How the parts of a supervisor report. */
export type Report = (event: SupervisorEvent) => void;

/** Hears what a supervisor reports. What it throws is ignored. */
export type SupervisorListener = (report: SupervisorReport) => void;
