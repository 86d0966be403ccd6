import { readFileSync, statSync } from 'node:fs';

/** Milliseconds after which a change of a file shows in its times, on the coarsest of file systems. */
const COARSE = 2_000;
/** Modules that are remembered. */
const KEPT = 64;

/** What is known of a module as it was read last. */
interface Known {
  /** Which file it is, how long, and when it was changed. */
  readonly state: string;
  readonly digest: string;
  /** When it was read in this state for the first time. */
  readonly since: number;
  /** A file that changes again from now on shows it in its state. */
  readonly settled: boolean;
}

/** The file system, and a clock that cannot be set. */
export interface Disk {
  state(file: URL): string;
  read(file: URL): Uint8Array;
  /** Milliseconds. */
  now(): number;
}

const hrtime: () => bigint = process.hrtime.bigint.bind(process.hrtime);

const DISK: Disk = {
  state: (file) => {
    const { ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
  },
  read: (file) => readFileSync(file),
  now: () => Number(hrtime() / 1_000_000n),
};

/**
 * Digests of files that are asked for again and again: a node tells that of its task module at every beat. A file is read again when its state has changed,
 * and until it has stayed as it is for longer than file systems may take to show a change.
 */
export class ModuleDigests {
  readonly #disk: Disk;
  readonly #known = new Map<string, Known>();

  constructor(disk: Disk = DISK) {
    this.#disk = disk;
  }

  /** SHA-256, in hexadecimal digits. @throws {Error} if the file cannot be read */
  of(filename: string): string {
    const file = new URL(filename);
    const state = this.#disk.state(file);
    const before = this.#known.get(filename);
    if (before?.state === state && before.settled) return before.digest;
    const now = this.#disk.now();
    const since = before?.state === state ? before.since : now;
    const digest = process.getBuiltinModule('node:crypto').createHash('sha256').update(this.#disk.read(file)).digest('hex');
    if (this.#known.size >= KEPT) this.#known.clear();
    this.#known.set(filename, { state, digest, since, settled: now - since >= COARSE });
    return digest;
  }
}
