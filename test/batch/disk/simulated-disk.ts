import type { Disk, DiskFile, OpenMode, PathFacts } from '../../../src/batch/machine/disk.ts';
import type { KernelLock } from '../../../src/batch/machine/kernel-lock.ts';
import type { Random } from '../../../src/core/random.ts';
import { failure, Inode, type NameOp, setNames } from './simulated-inode.ts';

/** What may go wrong in the life of one process. */
export interface Life {
  readonly disk: Disk;
  /** Calls made so far. */
  readonly calls: () => number;
  /** Resolves when the process was killed: none of its calls is answered any more. */
  readonly killed: Promise<void>;
  /** The process is gone; the kernel lets go of what it had locked. */
  end(): void;
}

interface KernelHold {
  readonly mode: 'exclusive' | 'shared';
  readonly life: { dead: boolean };
}

export interface Fate {
  /** The process is killed in this call (from 1): a write is done in part, anything else not at all. */
  killAt?: number;
  /** This call (from 1) fails with this code; a write is done in part. */
  failAt?: { call: number; code: string };
}

/**
 * A disk in memory that breaks no promise and keeps nothing that was not promised: unsynced data and names may be
 * lost, torn or reordered by `cutPower`, writes may be short, and it may be full.
 */
export class SimulatedDisk {
  readonly #random: Random;
  /** Bytes that fit. */
  capacity: number = Number.POSITIVE_INFINITY;
  #names = new Map<string, Inode>();
  #lyingNames = new Map<string, Inode>();
  #pendingNames: NameOp[] = [];
  #inodes = 0;
  /** Symbolic links. */
  readonly #links = new Map<string, string>();
  readonly #held = new Map<Inode, KernelHold[]>();
  /** Whether there are kernel locks. */
  kernelLocks = true;
  /** Whether only one machine can have it. */
  local = true;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Puts a symbolic link there that survives everything. */
  symlink(path: string, target: string): void {
    this.#links.set(path, target);
  }

  /** Takes a file away from the processes that have it open. */
  remove(path: string): void {
    this.#names.delete(path);
    this.#lyingNames.delete(path);
  }

  /** Gives a file a second name that survives everything. */
  hardLink(from: string, to: string): void {
    const inode = this.#need(from);
    this.#names.set(to, inode);
    this.#lyingNames.set(to, inode);
  }

  /** Puts a file there that survives everything. */
  put(path: string, contents: string | Buffer): void {
    const inode = new Inode(++this.#inodes);
    inode.shown = Buffer.from(contents);
    inode.sync();
    this.#names.set(path, inode);
    this.#lyingNames.set(path, inode);
  }

  /** Adds to a file that may be open elsewhere. */
  grow(path: string, more: string): void {
    const inode = this.#need(path);
    inode.apply({ kind: 'write', at: inode.shown.length, data: Buffer.from(more) });
    inode.sync();
  }

  get(path: string): Buffer | undefined {
    return this.#names.get(path)?.shown;
  }

  get paths(): string[] {
    return [...this.#names.keys()].sort();
  }

  /** The machine goes dark, and comes back. */
  cutPower(): void {
    const kept = Math.floor(this.#random() * (this.#pendingNames.length + 1));
    for (const op of this.#pendingNames.slice(0, kept)) setNames(this.#lyingNames, op);
    this.#pendingNames = [];
    this.#names = new Map(this.#lyingNames);
    for (const inode of new Set(this.#names.values())) inode.cutPower(this.#random);
  }

  /** The disk as one process sees it. */
  life(fate: Fate = {}): Life {
    let calls = 0;
    let kill = () => {};
    const killed = new Promise<void>((resolve) => {
      kill = resolve;
    });
    const state = { dead: false };
    const call = async <T>(path: string, whole: () => T, part?: () => void): Promise<T> => {
      if (state.dead) return new Promise<never>(() => {});
      const number = ++calls;
      if (number === fate.killAt) {
        part?.();
        state.dead = true;
        kill();
        return new Promise<never>(() => {});
      }
      if (number === fate.failAt?.call) {
        part?.();
        throw failure(fate.failAt.code, path);
      }
      return whole();
    };
    const end = () => {
      state.dead = true;
    };
    return { disk: this.#disk(call, state), calls: () => calls, killed, end };
  }

  get #used(): number {
    let used = 0;
    for (const inode of new Set(this.#names.values())) used += inode.shown.length;
    return used;
  }

  #setNames(...op: NameOp): void {
    setNames(this.#names, op);
    this.#pendingNames.push(op);
  }

  #create(path: string): Inode {
    const inode = new Inode(++this.#inodes);
    this.#setNames({ name: path, inode });
    return inode;
  }

  #need(path: string): Inode {
    const inode = this.#names.get(this.#follow(path));
    if (inode === undefined) throw failure('ENOENT', path);
    return inode;
  }

  /** Where a path leads. */
  #follow(path: string): string {
    const next = this.#links.get(path);
    return next === undefined ? path : this.#follow(next);
  }

  #lock(inode: Inode, life: { dead: boolean }, hold: KernelHold): KernelLock {
    if (!this.kernelLocks) return 'unknown';
    const others = (this.#held.get(inode) ?? []).filter((one) => !one.life.dead);
    if (others.some((one) => one.mode === 'exclusive' || hold.mode === 'exclusive')) return 'taken';
    this.#held.set(inode, [...others, hold]);
    return life.dead ? 'unknown' : 'mine';
  }

  #unlock(inode: Inode, hold: KernelHold | undefined): void {
    const left = (this.#held.get(inode) ?? []).filter((one) => one !== hold);
    this.#held.set(inode, left);
  }

  #disk(call: <T>(path: string, whole: () => T, part?: () => void) => Promise<T>, life: { dead: boolean }): Disk {
    const facts = (inode: Inode): PathFacts => ({ kind: 'file', size: inode.shown.length, identity: String(inode.id) });
    return {
      open: (path, mode) => call(path, () => this.#file(path, this.#open(path, mode), call, life)),
      facts: (path) => call(path, () => (this.#names.has(this.#follow(path)) ? facts(this.#need(path)) : undefined)),
      target: (path) => call(path, () => this.#follow(path)),
      isLocal: (directory) => call(directory, () => this.local),
      copy: (from, to) =>
        call(to, () => this.#open(to, 'create').apply({ kind: 'write', at: 0, data: Buffer.from(this.#need(from).shown) })),
      link: (from, to) =>
        call(to, () => {
          if (this.#names.has(to) || this.#links.has(to)) throw failure('EEXIST', to);
          this.#setNames({ name: to, inode: this.#need(from) });
        }),
      rename: (from, to) =>
        call(to, () => {
          this.#links.delete(to);
          this.#setNames({ name: to, inode: this.#need(from) }, { name: from, inode: undefined });
        }),
      remove: (path) =>
        call(path, () => {
          if (!this.#links.delete(path)) this.#setNames({ name: path, inode: undefined });
        }),
      syncDirectory: (directory) =>
        call(directory, () => {
          this.#lyingNames = new Map(this.#names);
          this.#pendingNames = [];
        }),
    };
  }

  #open(path: string, mode: OpenMode): Inode {
    if (mode === 'read' || mode === 'stream') return this.#need(path);
    if (mode === 'create' && (this.#names.has(path) || this.#links.has(path))) throw failure('EEXIST', path);
    return this.#names.get(this.#follow(path)) ?? this.#create(this.#follow(path));
  }

  #file(
    path: string,
    inode: Inode,
    call: <T>(path: string, whole: () => T, part?: () => void) => Promise<T>,
    life: { dead: boolean },
  ): DiskFile {
    let hold: KernelHold | undefined;
    const write = (buffer: Buffer, position: number | null, length: number): number => {
      inode.apply({ kind: 'write', at: position ?? inode.shown.length, data: Buffer.from(buffer.subarray(0, length)) });
      return length;
    };
    return {
      facts: () => call(path, () => ({ kind: 'file', size: inode.shown.length, identity: String(inode.id) })),
      read: (buffer, position) => call(path, () => inode.shown.copy(buffer, 0, position ?? 0)),
      write: (buffer, position) =>
        call(
          path,
          () => {
            const room = this.capacity - this.#used;
            if (room <= 0 && buffer.length > 0) throw failure('ENOSPC', path);
            const short = this.#random() < 0.1 ? Math.ceil(buffer.length * this.#random()) : buffer.length;
            return write(buffer, position, Math.min(room, Math.max(1, short)));
          },
          () => write(buffer, position, Math.floor(buffer.length * this.#random())),
        ),
      sync: () => call(path, () => inode.sync()),
      truncate: (length) => call(path, () => inode.apply({ kind: 'cut', length })),
      lock: (mode) =>
        call(path, () => {
          hold = { mode, life };
          return this.#lock(inode, life, hold);
        }),
      close: async () => this.#unlock(inode, hold),
    };
  }
}
