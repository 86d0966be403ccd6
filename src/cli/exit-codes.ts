/** How the command line ends; docs/cli.md lists them. */
export const EXIT = {
  /** Every line has a result. */
  done: 0,
  /** Every line has a record, and some are dead letters. */
  someFailed: 1,
  /** The call was wrong, or a file was not what it has to be; nothing was begun. */
  usage: 2,
  /** The job had to stop half way, and can be resumed. */
  stopped: 3,
  hangup: 129,
  interrupt: 130,
  terminate: 143,
} as const;

/** Exit code of a process that a signal has ended. */
export function exitCodeOf(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): number {
  return { SIGINT: EXIT.interrupt, SIGTERM: EXIT.terminate, SIGHUP: EXIT.hangup }[signal];
}
