import { BatchError, type BatchPool, type BatchSeams, runBatch } from '../../../batch/index.ts';
import { BrokerError } from '../../../core/broker/broker-error.ts';
import type { TreeNode } from '../../../supervision/index.ts';
import type { FromManager, RunRequest } from '../messages.ts';
import { JobMeter } from './job-meter.ts';
import { observeRun } from './observer.ts';

/** What a manager stands on. */
export interface RunHost {
  /** Tells the asker of the job. Resolves when that is on its way. */
  send(message: FromManager): Promise<void>;
  readonly seams: Partial<BatchSeams>;
  /** Aborting it lets what has begun finish. */
  readonly signal: AbortSignal;
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

/** Whether it is because the broker of the nodes could not be reached, or did not answer. */
function isOfBroker(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 10; cause = cause.cause, depth++)
    if (cause instanceof BrokerError) return true;
  return false;
}

/** The value of a field, as text; lines without it share none. */
function keyBy(field: string): (task: unknown) => string {
  return (task) => {
    const value = (task as Record<string, unknown> | null)?.[field];
    return value === undefined ? JSON.stringify(task) : String(value);
  };
}

/** How a job that has failed is reported. @throws what came, if it is a fault of this program, which is then to be restarted */
export function failureMessage(error: unknown): FromManager & { type: 'failed' } {
  const { code, message } = error as { code?: unknown; message?: unknown };
  // An error without a code is not the answer to a bad call or a full disk.
  if (typeof code !== 'string') throw error;
  const phase = error instanceof BatchError ? error.phase : 'before';
  return {
    type: 'failed',
    phase,
    code,
    message: String(message),
    causes: isOfPool(error) ? causesOf(error) : [],
    ...(isOfBroker(error) && { brokerLost: true }),
  };
}

/** Runs a job, and tells how it goes; the last message says how it ended. @throws {unknown} a fault of this program */
export async function runRequest(request: RunRequest, host: RunHost): Promise<void> {
  try {
    await host.send({ type: 'ended', summary: await perform(request, host) });
  } catch (error) {
    await host.send(failureMessage(error));
  }
}

async function perform(request: RunRequest, { send, seams, signal }: RunHost): ReturnType<typeof runBatch> {
  let pool: BatchPool | undefined;
  const tree = (): TreeNode => {
    const children = pool === undefined ? [] : [pool.tree()];
    return { id: 'manager', kind: 'batch', state: signal.aborted ? 'draining' : 'running', restarts: 0, pid: process.pid, children };
  };
  const meter = new JobMeter(request);
  const observer = await observeRun(request, tree);
  if (observer?.url !== undefined) await send({ type: 'observer', url: observer.url, page: observer.page });
  try {
    return await runBatch(
      {
        ...request.job,
        ...(request.quarantine !== undefined && { quarantine: { key: keyBy(request.quarantine) } }),
        signal,
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
      seams,
    );
  } finally {
    const trouble = await observer?.report();
    if (trouble !== undefined) await send({ type: 'note', text: trouble });
    observer?.close();
  }
}

/**
 * Ends the process. `process.exit` would wait for calls of the file system that are under way, and one of them may write
 * to a pipe without a reader. Everything has been said and recorded by now; only a measurement of coverage has not.
 */
export function leave(): void {
  if (process.env.NODE_V8_COVERAGE === undefined) process.kill(process.pid, 'SIGKILL');
  else process.exit(0);
}
