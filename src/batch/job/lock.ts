import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { type Claim, type ClaimName, supersedes } from '../claim.ts';
import { BatchError } from '../errors.ts';
import type { Disk, DiskFile } from '../machine/disk.ts';
import type { Processes, ProcessName } from '../machine/processes.ts';
import { createSmall, readOpen, readSmall, replaceSmall } from '../machine/small-file.ts';

/** Who holds a lock. */
export interface Owner extends ProcessName {
  /** Made anew for every lock that is taken. */
  readonly token: string;
  /** Whether the kernel keeps a lock on the lock file for as long as the owner lives. */
  readonly kernel: boolean;
  /** The process that looks after the owner: when it is dead, the owner is about to go too. */
  readonly parent?: ProcessName;
  /** The claim by which it writes, if there are several runs of its job. */
  readonly claim?: ClaimName;
  /** Tokens of those whose lock it has taken over: their claims may still be there. */
  readonly over?: readonly string[];
}

export interface LockSeams {
  readonly disk: Disk;
  readonly processes: Processes;
  readonly clock: Clock;
  readonly parent?: ProcessName | undefined;
  readonly claim?: Claim | undefined;
}

/** Milliseconds that a new run waits for one that has lost its supervisor and is about to stop, … */
const ORPHAN_PATIENCE = 10_000;
/** … and after how long it ends that one: stopped (SIGSTOP), it cannot do so itself. */
const ORPHAN_GRACE = 1_000;
/** Milliseconds that one whose claim is over has to be gone after it was ended. */
const SUPERSEDED_PATIENCE = 1_000;
const ORPHAN_POLL = 50;

let taken = 0;

type Verdict = 'alive' | 'dead' | 'unknown';

function parse(text: string | undefined): Owner | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Owner;
  } catch {
    return { host: '', machine: '', boot: '', space: '', pid: 0, started: '', token: 'unreadable', kernel: false };
  }
}

function refusal(path: string, owner: Owner, verdict: Verdict): BatchError {
  const who = owner.pid === 0 ? 'somebody unknown' : `process ${owner.pid} on ${owner.host}`;
  if (verdict === 'alive') {
    const advice = 'Wait for it or stop it. If it surely runs no more, delete that file.';
    return new BatchError('ERR_BATCH_LOCKED', `Another run writes this output: ${path} is held by ${who}. ${advice}`);
  }
  const why = 'which cannot be seen from here: it is, or was, on another machine or in another container';
  const advice = 'Look there. If it surely runs no more, delete that file and try again.';
  return new BatchError('ERR_BATCH_LOCKED', `Another run may write this output: ${path} names ${who}, ${why}. ${advice}`);
}

/**
 * A lock that outlives no process. It is a file that names its owner by pid, start, namespace and boot, and is itself
 * locked in the kernel where that can be had; the lock of a dead process is taken over. To take over the lock with token
 * T, one first makes the file `<lock>.T`: only one process can, so two that find the same dead owner never both win. If
 * that one dies half way, its claim is taken over the same way.
 */
export class Lock {
  readonly #path: string;
  readonly #seams: LockSeams;
  readonly #me: Omit<Owner, 'kernel'>;
  /** The lock file, kept open for the kernel's lock on it, and so that no other file gets its identity. */
  #file: DiskFile | undefined;
  #identity = '';
  #waited = 0;
  /** Tokens of those whose lock this one takes over. */
  #over: readonly string[] = [];
  #before: 'gone' | 'perhaps alive' = 'gone';

  private constructor(path: string, seams: LockSeams) {
    const { self } = seams.processes;
    const { claim } = seams;
    const seed = `${self.boot} ${self.space} ${self.host} ${self.pid} ${self.started} ${taken++}`;
    this.#path = path;
    this.#seams = seams;
    this.#me = {
      ...self,
      token: createHash('sha256').update(seed).digest('hex').slice(0, 16),
      ...(seams.parent && { parent: seams.parent }),
      ...(claim && { claim: { job: claim.job, epoch: claim.epoch } }),
    };
  }

  /** Whether the owner before this one can still have the file open: its claim is over, and it could not be seen to be dead. */
  get before(): 'gone' | 'perhaps alive' {
    return this.#before;
  }

  /** Rejects with `ERR_BATCH_LOCKED` while another process holds it. */
  static async take(path: string, seams: LockSeams): Promise<Lock> {
    const lock = new Lock(path, seams);
    while (!(await lock.#place(path))) {
      if (await lock.#takeOver()) break;
    }
    return lock;
  }

  /** Rejects with `ERR_BATCH_LOCKED` if the lock file is no longer the one that was taken: another job may write now. */
  async check(): Promise<void> {
    if ((await this.#seams.disk.facts(this.#path))?.identity === this.#identity) return;
    const message = `${this.#path} was removed or replaced while this run was writing, so that another one may write now. Nothing more is written.`;
    throw new BatchError('ERR_BATCH_LOCKED', message, { phase: 'during' });
  }

  /** Never rejects: what was done under the lock stands, and a lock that stays behind is taken over when its owner is dead. */
  async release(): Promise<void> {
    try {
      if ((await this.#owner(this.#path))?.token === this.#me.token) await this.#seams.disk.remove(this.#path);
      await this.#file?.close();
    } catch {
      // The disk does not answer, and the job has already ended: there is nowhere to report it.
    }
  }

  /** False: the scene has changed, look again. */
  async #takeOver(): Promise<boolean> {
    const { disk } = this.#seams;
    const root = await this.#owner(this.#path);
    if (root === undefined) return false;
    const chain = [{ path: this.#path, owner: root }];
    for (;;) {
      const path = this.#claim(chain.at(-1)!.owner.token);
      const owner = await this.#owner(path);
      if (owner === undefined) break;
      chain.push({ path, owner });
    }
    const last = chain.at(-1)!;
    const verdict = await this.#judge(last.path, last.owner);
    if (verdict !== 'dead') {
      if (!supersedes(this.#seams.claim, last.owner.claim)) return this.#wait(last.owner, verdict);
      if (!(await this.#outlive(last.owner))) return false;
    }
    const claim = this.#claim(last.owner.token);
    if (!(await this.#place(claim))) return false;
    // The claim on a lock that is gone means nothing: its winner has cleaned up between our two looks.
    if ((await this.#owner(this.#path))?.token !== root.token) {
      await disk.remove(claim);
      return false;
    }
    this.#over = chain.map(({ owner }) => owner.token);
    this.#keep(await replaceSmall(disk, this.#path, (kernel) => this.#record(kernel)));
    this.#identity = (await this.#file!.facts()).identity;
    // The one before may have died before it came to that.
    for (const token of [...this.#over, ...(root.over ?? [])]) await disk.remove(this.#claim(token));
    return true;
  }

  /** Whether the owner that a lock file names is still there. */
  async #judge(path: string, owner: Owner): Promise<Verdict> {
    const { disk, processes } = this.#seams;
    if (owner.pid === 0) return 'unknown';
    const state = processes.state(owner);
    if (state === 'alive' || state === 'dead') return state;
    if (state === 'hidden') return owner.kernel ? this.#probe(path, owner) : 'unknown';
    // No other kernel than this one can have a folder of this machine, so that one is gone.
    if (await disk.isLocal(dirname(path))) return 'dead';
    const { host, machine } = processes.self;
    return machine !== '' && machine === owner.machine && host === owner.host ? 'dead' : 'unknown';
  }

  /** Asks the kernel, which knows processes in all containers. */
  async #probe(path: string, owner: Owner): Promise<Verdict> {
    const file = await this.#seams.disk.open(path, 'read').catch(() => undefined);
    if (file === undefined) return 'alive';
    try {
      if (parse(await readOpen(file))?.token !== owner.token) return 'alive';
      const lock = await file.lock('shared');
      return lock === 'mine' ? 'dead' : lock === 'taken' ? 'alive' : 'unknown';
    } finally {
      await file.close();
    }
  }

  async #wait(owner: Owner, verdict: Verdict): Promise<false> {
    const { processes, clock } = this.#seams;
    const orphan = owner.parent !== undefined && processes.state(owner.parent) === 'dead' && processes.state(owner) === 'alive';
    if (!orphan || this.#waited >= ORPHAN_PATIENCE) throw refusal(this.#path, owner, verdict);
    if (this.#waited >= ORPHAN_GRACE) processes.end(owner);
    this.#waited += ORPHAN_POLL;
    await new Promise<void>((resolve) => clock.setTimeout(resolve, ORPHAN_POLL).ref());
    return false;
  }

  /** False: one that can be seen was ended, look again. What cannot be seen, or does not go, is passed by. */
  async #outlive(owner: Owner): Promise<boolean> {
    const { processes, clock } = this.#seams;
    if (processes.state(owner) !== 'alive' || this.#waited >= SUPERSEDED_PATIENCE) {
      this.#before = 'perhaps alive';
      return true;
    }
    processes.end(owner);
    this.#waited += ORPHAN_POLL;
    await new Promise<void>((resolve) => clock.setTimeout(resolve, ORPHAN_POLL).ref());
    return false;
  }

  #claim(token: string): string {
    return `${this.#path}.${token}`;
  }

  async #owner(path: string): Promise<Owner | undefined> {
    return parse(await readSmall(this.#seams.disk, path));
  }

  #record(kernel: boolean): string {
    const over = this.#over.length > 0 && { over: this.#over };
    return JSON.stringify({ ...this.#me, ...over, kernel } satisfies Owner);
  }

  #keep(file: DiskFile): void {
    void this.#file?.close();
    this.#file = file;
  }

  async #place(path: string): Promise<boolean> {
    const file = await createSmall(this.#seams.disk, path, `${path}.${this.#me.token}.new`, (kernel) => this.#record(kernel));
    if (file === undefined) return false;
    this.#keep(file);
    this.#identity = (await file.facts()).identity;
    return true;
  }
}
