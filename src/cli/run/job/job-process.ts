// The process that runs a batch job: a child of the command line, which restarts it when it dies.
import { descriptorFile, machineProcesses } from '../../../batch/index.ts';
import type { FromManager, RunRequest, ToManager } from '../messages.ts';
import { leave, runRequest } from './run-request.ts';

const drain = new AbortController();

function send(message: FromManager): Promise<void> {
  return new Promise((resolve) => process.send!(message, () => resolve()));
}

/** `data`: standard output of the command line. Descriptors 1 and 2 take what tasks print, so that data stays data. */
function run(request: RunRequest, data: number): Promise<void> {
  const seams = { stdout: () => descriptorFile(data), parent: machineProcesses(process.ppid).self };
  return runRequest(request, { send, seams, signal: drain.signal });
}

// A key pressed in the terminal reaches every process there; what it means is decided by the command line alone.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
// Without the command line the job has no supervisor. The journal needs no goodbye.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', (message: ToManager) => {
  if (message.type === 'drain') drain.abort();
  else void run(message.request, message.data).then(leave);
});
