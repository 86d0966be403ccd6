import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Outcome } from '../cases/case.ts';
import type { Calibration, Figures } from '../results.ts';
import type { Order, Reply } from './messages.ts';

const KEPT_OF_STDERR = 400;
/** What profiles this process, profiles the children as well: there the work is done. */
const PROFILING = process.execArgv.filter((flag) => flag.startsWith('--cpu-prof'));
const childModule = (): string => fileURLToPath(new URL('../child.js', import.meta.url));

/** How a child ended: with its answer, or without one. */
export type Ending =
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | { readonly kind: 'calibration'; readonly calibration: Calibration }
  | { readonly kind: 'too late'; readonly figures: Figures }
  | { readonly kind: 'died'; readonly figures: Figures; readonly how: string };

/**
 * Gives an order to a process of its own and waits for its answer, but no longer than `limitMs`: then the process is
 * killed, and what it last said of its progress is all there is.
 */
export function runChild(order: Order, limitMs: number, module: string = childModule()): Promise<Ending> {
  const child = fork(module, [], {
    execArgv: ['--expose-gc', ...PROFILING],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
  let figures: Figures = {};
  let complaint = '';
  return new Promise((resolve) => {
    const end = (ending: Ending): void => {
      clearTimeout(timer);
      // One that is profiled writes its profile when it exits by itself.
      if (PROFILING.length === 0 || ending.kind === 'too late') child.kill('SIGKILL');
      resolve(ending);
    };
    const timer = setTimeout(() => end({ kind: 'too late', figures }), limitMs);
    child.stderr!.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(-KEPT_OF_STDERR);
    });
    child.on('message', (reply: Reply) => {
      if (reply.kind === 'progress') figures = { ...figures, ...reply.figures };
      else end(reply);
    });
    child.on('error', (error) => end({ kind: 'died', figures, how: error.message }));
    child.on('exit', (code, signal) => end({ kind: 'died', figures, how: `exit ${signal ?? code}: ${complaint.trim()}` }));
    child.send(order);
  });
}
