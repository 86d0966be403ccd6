import type { Random } from '../../../src/core/random.ts';

const SECTOR = 512;

type DataOp = { readonly kind: 'write'; readonly at: number; readonly data: Buffer } | { readonly kind: 'cut'; readonly length: number };

/** What a call of the system fails with. */
export function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: simulated, ${path}`), { code });
}

/** One file's contents, as the system shows them and as they lie on the disk. */
export class Inode {
  readonly id: number;
  shown: Buffer = Buffer.alloc(0);
  lying: Buffer = Buffer.alloc(0);
  /** What was done since the last sync, in order. */
  pending: DataOp[] = [];

  constructor(id: number) {
    this.id = id;
  }

  apply(op: DataOp): void {
    this.shown = done(this.shown, op);
    this.pending.push(op);
  }

  sync(): void {
    this.lying = this.shown;
    this.pending = [];
  }

  /** Any part of what was not synced may have reached the disk, in any order, and any sectors of a write. */
  cutPower(random: Random): void {
    for (const op of this.pending) {
      if (random() < 0.4) continue;
      if (op.kind === 'cut' || random() < 0.4) this.lying = done(this.lying, op);
      else for (const sector of sectorsOf(op)) if (random() < 0.5) this.lying = done(this.lying, sector);
    }
    this.pending = [];
    this.shown = this.lying;
  }
}

function done(bytes: Buffer, op: DataOp): Buffer {
  if (op.kind === 'cut') return Buffer.concat([bytes.subarray(0, op.length), Buffer.alloc(Math.max(0, op.length - bytes.length))]);
  const grown = Buffer.alloc(Math.max(bytes.length, op.at + op.data.length));
  bytes.copy(grown);
  op.data.copy(grown, op.at);
  return grown;
}

function sectorsOf(op: DataOp & { kind: 'write' }): DataOp[] {
  const sectors: DataOp[] = [];
  for (let from = 0; from < op.data.length; ) {
    const to = Math.min(op.data.length, from + SECTOR - ((op.at + from) % SECTOR));
    sectors.push({ kind: 'write', at: op.at + from, data: op.data.subarray(from, to) });
    from = to;
  }
  return sectors;
}

/** Names that change in one step. */
export type NameOp = readonly { readonly name: string; readonly inode: Inode | undefined }[];

export function setNames(names: Map<string, Inode>, op: NameOp): void {
  for (const { name, inode } of op) {
    if (inode === undefined) names.delete(name);
    else names.set(name, inode);
  }
}
