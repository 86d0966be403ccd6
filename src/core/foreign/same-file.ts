import fs from 'node:fs';

// Taken before code of the user can put something in its place: see intrinsics.ts.
const { fstatSync } = fs;

/** What a descriptor was open on when it was ours for certain. A number is given to the next file as soon as it has been closed. */
export interface FileIdentity {
  readonly dev: number;
  readonly ino: number;
}

export function identityOf(descriptor: number): FileIdentity {
  const { dev, ino } = fstatSync(descriptor);
  return { dev, ino };
}

/** Whether the descriptor is still open on that file. */
export function isStill(descriptor: number, file: FileIdentity): boolean {
  try {
    const { dev, ino } = fstatSync(descriptor);
    return dev === file.dev && ino === file.ino;
  } catch {
    return false;
  }
}
