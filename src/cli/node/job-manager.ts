import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type BatchProgress, machineProcesses } from '../../batch/index.ts';
import { nodeDisk } from '../../batch/machine/node-disk.ts';
import type { Clock } from '../../core/clock.ts';
import { type HeldClaim, LOCK } from '../../durable/held-claim.ts';
import type { FoundJob, HeldJob } from '../../durable/held-job.ts';
import { toText } from '../../durable/plain.ts';
import type { JobSource, TakenJob } from '../../durable/queue.ts';
import { carriedFrom, NOTHING_CARRIED, ofAll } from '../run/carried.ts';
import { leave, runRequest } from '../run/job/run-request.ts';
import type { FromManager, RunRequest } from '../run/messages.ts';
import { nonceAt, refusalOf } from './fitness.ts';
import type { JobNews } from './manager-messages.ts';

/** Managers in a row that die without any progress; then it is the job that kills them. */
const BARREN = 20;
/** Milliseconds for which a manager takes no job after it has refused one: others shall have it. */
const AFTER_REFUSAL = 1_000;
/** Milliseconds until Redis is asked again after it has refused. */
const AFTER_ERROR = 250;
/** Milliseconds of Redis's silence after which a manager whose node leaves does not wait any more: its lock has long run out. */
const UNHEARD = 2 * LOCK;

/** What a manager stands on. */
export interface ManagerHost {
  readonly held: HeldJob;
  readonly source: JobSource;
  readonly clock: Clock;
  /** Where the tasks of its jobs run. */
  readonly nodes: { readonly url: string; readonly name: string };
  /** Aborted when its node takes no more work. */
  readonly leaving: AbortSignal;
  /** Tells its node. */
  say(news: JobNews): void;
  /** Called with the job that it has, and with undefined when it has none. */
  onJob(out: string | undefined): void;
}

/** Waits for a job and manages it. Resolves when that is over for this manager, or when its node leaves. */
export async function manageNext(host: ManagerHost): Promise<void> {
  while (!host.leaving.aborted) {
    const token = randomUUID();
    const asked = host.clock.machine();
    let job: TakenJob | undefined;
    try {
      job = await host.source.next(token);
    } catch {
      await delay(AFTER_ERROR);
      continue;
    }
    if (job !== undefined && (await new ManagedJob(host, job, token, asked).manage()) === 'done') return;
  }
}

/** One job, for as long as this manager has it. */
class ManagedJob {
  readonly #host: ManagerHost;
  readonly #job: TakenJob;
  readonly #token: string;
  readonly #asked: number;
  readonly #id: string;
  readonly #drain = new AbortController();
  #found!: FoundJob;
  #claim: HeldClaim | undefined;
  #order = '';

  constructor(host: ManagerHost, job: TakenJob, token: string, asked: number) {
    this.#host = host;
    this.#job = job;
    this.#token = token;
    this.#asked = asked;
    this.#id = job.id!;
  }

  /** `next`: it was not for this manager, which may take another. */
  async manage(): Promise<'done' | 'next'> {
    const { held } = this.#host;
    const found = await held.begin(this.#id, this.#token);
    if (found === 'lost') return 'next';
    if (found === 'gone') return await this.#remove();
    this.#found = found;
    if (found.outcome !== undefined) return await this.#remove(); // Its last manager has died before it could say so to BullMQ.
    this.#order = found.order ?? '';
    if (this.#order === 'stop') return await this.#end({ how: 'killed' });
    const refusal = await refusalOf(found);
    if (refusal !== undefined) return await this.#refuse(refusal);
    if (found.barren >= BARREN) return await this.#end(tooOften(found));
    await this.#run();
    return 'done';
  }

  async #run(): Promise<void> {
    const [host, found] = [this.#host, this.#found];
    const claim = host.held.claim(this.#job, this.#token, found.epoch, this.#asked, () => this.#lose());
    this.#claim = claim;
    host.onJob(found.out);
    host.say({ about: 'job', state: found.begun ? 'goes on' : 'begins', out: found.out, detail: `manager ${process.pid}` });
    let unheard: NodeJS.Timeout | undefined;
    const drain = (): void => {
      this.#drain.abort();
      if (host.leaving.aborted) unheard ??= setInterval(() => claim.silence > UNHEARD && this.#lose(), AFTER_ERROR);
    };
    host.leaving.addEventListener('abort', drain);
    if (host.leaving.aborted || this.#order === 'drain') drain();
    process.chdir(found.folder);
    try {
      const seams = { claim, parent: machineProcesses(process.ppid).self };
      const send = (message: FromManager): Promise<void> => {
        const heard = this.#hear(message);
        // What is only told may be lost: Redis may be full. How the job ended may not.
        return message.type === 'ended' || message.type === 'failed' ? heard : heard.catch(() => {});
      };
      await runRequest(this.#request(), { send, signal: this.#drain.signal, seams });
    } finally {
      host.leaving.removeEventListener('abort', drain);
      clearInterval(unheard);
      claim.end();
    }
  }

  #request(): RunRequest {
    const { request, begun } = this.#found;
    const { job, ...rest } = request as RunRequest;
    const resumed = begun ? { resume: true, overwrite: false } : {};
    return { ...rest, carried: this.#carried, job: { ...job, ...resumed, nodes: this.#host.nodes } };
  }

  get #carried(): NonNullable<RunRequest['carried']> {
    return { ...carriedFrom(this.#found.progress as BatchProgress | undefined, NOTHING_CARRIED), managers: this.#found.epoch };
  }

  /** What the job's own code says. */
  async #hear(message: FromManager): Promise<void> {
    switch (message.type) {
      case 'begun':
        return await this.#tell({ begun: '1' });
      case 'progress':
        return await this.#tell(this.#reached(message.progress));
      case 'note':
        return await this.#host.held.note(this.#id, this.#token, 'note', message.text);
      case 'ended': {
        const { outcome } = message.summary;
        if (outcome === 'interrupted' && this.#order === '') return await this.#giveBack(message.summary);
        await this.#end({ how: 'ended', summary: this.#whole(message.summary) });
        return;
      }
      case 'failed': {
        const { type: _, brokerLost, ...failure } = message;
        // Another manager may reach the broker, and this one again later. A lock that has gone was that of a manager that woke up, or of this one.
        if (brokerLost || (failure.code === 'ERR_BATCH_LOCKED' && failure.phase === 'during')) throw new Error(failure.message);
        await this.#end({ how: 'failed', ...failure, ...(this.#found.begun && { phase: 'during' }) });
      }
    }
  }

  #whole<P extends BatchProgress>(progress: P): P {
    const carried = this.#carried;
    return { ...ofAll(progress, carried), earlier: carried.earlier ?? progress.earlier };
  }

  #reached(progress: BatchProgress): { progress: string; reached: string } {
    return { progress: toText(this.#whole(progress)), reached: String(progress.done + progress.failed) };
  }

  async #tell(fields: Readonly<Record<string, string>>): Promise<void> {
    const answer = await this.#host.held.tell(this.#id, this.#token, fields);
    if (answer === 'lost') return this.#lose();
    if (answer === this.#order || answer === 'gone') return;
    this.#order = answer;
    if (answer === 'drain') {
      this.#drain.abort();
      await this.#host.held.note(this.#id, this.#token, 'note', `Process ${process.pid} begins with nothing more.`);
    }
    if (answer !== 'stop') return;
    await this.#end({ how: 'killed' });
    leave();
  }

  async #refuse(why: string): Promise<'next'> {
    const { held, say } = this.#host;
    await held.note(this.#id, this.#token, 'refused', why);
    await held.tell(this.#id, this.#token, { left: '1' });
    await this.#job.moveToWait(this.#token);
    say({ about: 'job', state: 'refused', out: this.#found.out, detail: why });
    await delay(AFTER_REFUSAL);
    return 'next';
  }

  /** Its node leaves: another manager goes on. */
  async #giveBack(progress: BatchProgress): Promise<void> {
    await this.#host.held.tell(this.#id, this.#token, { left: '1', ...this.#reached(progress) });
    this.#claim?.end();
    await this.#job.moveToWait(this.#token);
    this.#host.say({ about: 'job', state: 'given back', out: this.#found.out, detail: '' });
  }

  async #end(outcome: Readonly<Record<string, unknown>>): Promise<'next'> {
    const { proof, nonce, out, folder } = this.#found;
    if (!(await this.#host.held.end(this.#id, this.#token, outcome))) {
      this.#lose();
      return 'next';
    }
    const path = resolve(folder, proof);
    if ((await nonceAt(path)) === nonce) await nodeDisk.remove(path);
    this.#claim?.end();
    this.#host.say({ about: 'job', state: 'ended', out, detail: '' });
    return await this.#remove();
  }

  async #remove(): Promise<'next'> {
    await this.#job.moveToCompleted(null, this.#token, false);
    await this.#host.source.renew();
    return 'next';
  }

  /** Another manager may be at work: nothing more is written, also not what is on its way to the disk. */
  #lose(): void {
    this.#host.say({ about: 'job', state: 'lost', out: this.#found.out, detail: 'another manager may have it' });
    leave();
  }
}

function tooOften({ barren, begun }: FoundJob): Readonly<Record<string, unknown>> {
  const message = `${barren} managers in a row have died without any progress. What was done before that is safe.`;
  return { how: 'failed', phase: begun ? 'during' : 'before', code: 'ERR_BATCH_MANAGER', message, causes: [] };
}
