import { createHash } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { BatchError } from '../errors.ts';
import type { Disk } from '../machine/disk.ts';
import type { Processes, ProcessName } from '../machine/processes.ts';
import { createSmall, readSmall, replaceSmall } from '../machine/small-file.ts';

/** Who holds a lock. */
export interface Owner extends ProcessName {
  /** Made anew for every lock that is taken. */
  readonly token: string;
  /** The process that looks after the owner: when it is dead, the owner is about to go too. */
  readonly parent?: ProcessName;
}

export interface LockSeams {
  readonly disk: Disk;
  readonly processes: Processes;
  readonly clock: Clock;
  readonly parent?: ProcessName | undefined;
}

/** How long a new run waits for one that has lost its supervisor and is about to stop, in milliseconds. */
const ORPHAN_PATIENCE = 10_000;
const ORPHAN_POLL = 50;

let taken = 0;

function parse(text: string | undefined): Owner | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Owner;
  } catch {
    return { host: '', pid: 0, started: '', token: 'unreadable' };
  }
}

function refusal(path: string, owner: Owner): BatchError {
  const who = owner.pid === 0 ? 'somebody unknown' : `process ${owner.pid} on ${owner.host}`;
  const advice = 'Wait for it or stop it. If it surely runs no more, delete that file.';
  return new BatchError('ERR_BATCH_LOCKED', `Another run writes this output: ${path} is held by ${who}. ${advice}`);
}

/**
 * A lock that outlives no process. It is a file that names its owner by pid and start time; the lock of a dead process
 * is taken over. To take over the lock with token T, one first makes the file `<lock>.T`: only one process can, so two
 * that find the same dead owner never both win. If that one dies half way, its claim is taken over the same way.
 */
export class Lock {
  readonly #path: string;
  readonly #seams: LockSeams;
  readonly #me: Owner;
  #waited = 0;

  private constructor(path: string, seams: LockSeams) {
    const { self } = seams.processes;
    const token = createHash('sha256').update(`${self.host} ${self.pid} ${self.started} ${taken++}`).digest('hex').slice(0, 16);
    this.#path = path;
    this.#seams = seams;
    this.#me = { ...self, token, ...(seams.parent && { parent: seams.parent }) };
  }

  /** Rejects with `ERR_BATCH_LOCKED` while another process holds it. */
  static async take(path: string, seams: LockSeams): Promise<Lock> {
    const lock = new Lock(path, seams);
    while (!(await lock.#place(path))) {
      if (await lock.#takeOver()) break;
    }
    return lock;
  }

  /** Never rejects: what was done under the lock stands, and a lock that stays behind is taken over when its owner is dead. */
  async release(): Promise<void> {
    try {
      if ((await this.#owner(this.#path))?.token === this.#me.token) await this.#seams.disk.remove(this.#path);
    } catch {
      // The disk does not answer; there is nobody left to tell.
    }
  }

  /** False: the scene has changed, look again. */
  async #takeOver(): Promise<boolean> {
    const { disk, processes } = this.#seams;
    const root = await this.#owner(this.#path);
    if (root === undefined) return false;
    const chain = [root];
    for (let next = await this.#owner(this.#claim(root)); next !== undefined; next = await this.#owner(this.#claim(next))) chain.push(next);
    const last = chain.at(-1)!;
    if (last.pid === 0 || processes.state(last) !== 'dead') return this.#wait(last);
    const claim = this.#claim(last);
    if (!(await this.#place(claim))) return false;
    // The claim on a lock that is gone means nothing: its winner has cleaned up between our two looks.
    if ((await this.#owner(this.#path))?.token !== root.token) {
      await disk.remove(claim);
      return false;
    }
    await replaceSmall(disk, this.#path, JSON.stringify(this.#me));
    for (const owner of chain) await disk.remove(this.#claim(owner));
    return true;
  }

  async #wait(owner: Owner): Promise<false> {
    const { processes, clock } = this.#seams;
    const orphan = owner.parent !== undefined && processes.state(owner.parent) === 'dead' && processes.state(owner) === 'alive';
    if (!orphan || this.#waited >= ORPHAN_PATIENCE) throw refusal(this.#path, owner);
    this.#waited += ORPHAN_POLL;
    await new Promise<void>((resolve) => clock.setTimeout(resolve, ORPHAN_POLL).ref());
    return false;
  }

  #claim(owner: Owner): string {
    return `${this.#path}.${owner.token}`;
  }

  async #owner(path: string): Promise<Owner | undefined> {
    return parse(await readSmall(this.#seams.disk, path));
  }

  async #place(path: string): Promise<boolean> {
    return createSmall(this.#seams.disk, path, `${path}.${this.#me.token}.new`, JSON.stringify(this.#me));
  }
}
