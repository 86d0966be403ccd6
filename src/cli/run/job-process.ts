// The process that runs a batch job: a child of the command line, which restarts it when it dies.
import { BatchError, type BatchPool, descriptorFile, machineProcesses, runBatch } from '../../batch/index.ts';
import type { TreeNode } from '../../supervision/index.ts';
import { JobMeter } from './job-meter.ts';
import type { FromManager, RunRequest, ToManager } from './messages.ts';
import { observeRun } from './observer.ts';

const drain = new AbortController();

function send(message: FromManager): Promise<void> {
  return new Promise((resolve) => process.send!(message, () => resolve()));
}

/** What the module threw. What the pool says of it stands in the message already, and its stack is of no use to a user. */
function causesOf(error: unknown): string[] {
  const causes: string[] = [];
  const of = (value: unknown): unknown => (value as Error | null)?.cause;
  const pool = of(error);
  let cause = (pool as { code?: unknown } | undefined)?.code === 'ERR_POOL_FAILED' ? of(pool) : pool;
  for (; cause !== undefined && causes.length < 5; cause = of(cause)) {
    // Found by us: all of it stands in the message.
    if ((cause as { code?: unknown } | null)?.code === 'ERR_NO_SUCH_EXPORT') continue;
    causes.push(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
  }
  return causes;
}

/** Whether the pool has failed; its threads may have said why. */
function isOfPool(error: unknown): boolean {
  return error instanceof BatchError && (error.cause as { code?: unknown } | undefined)?.code === 'ERR_POOL_FAILED';
}

function treeOf(pool: BatchPool | undefined): TreeNode {
  const children = pool === undefined ? [] : [pool.tree()];
  return { id: 'manager', kind: 'batch', state: drain.signal.aborted ? 'draining' : 'running', restarts: 0, pid: process.pid, children };
}

/** The value of a field, as text; lines without it share none. */
function keyBy(field: string): (task: unknown) => string {
  return (task) => {
    const value = (task as Record<string, unknown> | null)?.[field];
    return value === undefined ? JSON.stringify(task) : String(value);
  };
}

/** `data`: standard output of the command line. Descriptors 1 and 2 take what tasks print, so that data stays data. */
async function run(request: RunRequest, data: number): Promise<void> {
  let pool: BatchPool | undefined;
  const meter = new JobMeter(request);
  const observer = await observeRun(request, () => treeOf(pool));
  if (observer?.url !== undefined) await send({ type: 'observer', url: observer.url, page: observer.page });
  try {
    const summary = await runBatch(
      {
        ...request.job,
        ...(request.quarantine !== undefined && { quarantine: { key: keyBy(request.quarantine) } }),
        signal: drain.signal,
        onProgress: (progress) => {
          meter.progress = progress;
          void send({ type: 'progress', progress });
        },
        onNote: (text) => void send({ type: 'note', text }),
        onPool: (made) => {
          pool = made;
          if (made.pool !== undefined && observer !== undefined) meter.attach(made.pool);
          observer?.attach(made);
          void send({ type: 'begun' });
        },
      },
      { stdout: () => descriptorFile(data), parent: machineProcesses(process.ppid).self },
    );
    await tellReport();
    await send({ type: 'ended', summary });
  } catch (error) {
    await tellReport();
    throw error;
  }

  async function tellReport(): Promise<void> {
    const trouble = observer?.report();
    if (trouble !== undefined) await send({ type: 'note', text: trouble });
    observer?.close();
  }
}

async function report(error: unknown): Promise<void> {
  const { code, message } = error as { code?: unknown; message?: unknown };
  // An error without a code is not the answer to a bad call or a full disk, but a fault of this program: let it be restarted.
  if (typeof code !== 'string') throw error;
  const phase = error instanceof BatchError ? error.phase : 'before';
  await send({ type: 'failed', phase, code, message: String(message), causes: isOfPool(error) ? causesOf(error) : [] });
}

/**
 * Ends the process. `process.exit` would wait for calls of the file system that are under way, and one of them may write
 * to a pipe without a reader. Everything has been said and recorded by now; only a measurement of coverage has not.
 */
function leave(): void {
  if (process.env.NODE_V8_COVERAGE === undefined) process.kill(process.pid, 'SIGKILL');
  else process.exit(0);
}

// A key pressed in the terminal reaches every process there; what it means is decided by the command line alone.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
// Without the command line the job has no supervisor. The journal needs no goodbye.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', (message: ToManager) => {
  if (message.type === 'drain') drain.abort();
  else void run(message.request, message.data).catch(report).then(leave);
});
