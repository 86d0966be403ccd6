import type { Disk, DiskFile } from './disk.ts';

/** A file on which each change is asked for first. What only reads, and `close`, is not. */
function fencedFile(file: DiskFile, mayChange: () => Promise<void>): DiskFile {
  return {
    facts: () => file.facts(),
    read: (buffer, position) => file.read(buffer, position),
    write: (buffer, position) => mayChange().then(() => file.write(buffer, position)),
    sync: () => file.sync(),
    truncate: (length) => mayChange().then(() => file.truncate(length)),
    lock: (mode) => file.lock(mode),
    close: () => file.close(),
  };
}

/** A disk on which nothing is changed before `mayChange` has resolved; it rejects where another program may write by now. */
export function fencedDisk(disk: Disk, mayChange: () => Promise<void>): Disk {
  return {
    open: async (path, mode) => {
      if (mode === 'update' || mode === 'create') await mayChange(); // Both may make a file.
      return fencedFile(await disk.open(path, mode), mayChange);
    },
    facts: (path) => disk.facts(path),
    target: (path) => disk.target(path),
    isLocal: (directory) => disk.isLocal(directory),
    copy: (from, to) => mayChange().then(() => disk.copy(from, to)),
    link: (from, to) => mayChange().then(() => disk.link(from, to)),
    rename: (from, to) => mayChange().then(() => disk.rename(from, to)),
    remove: (path) => mayChange().then(() => disk.remove(path)),
    syncDirectory: (directory) => disk.syncDirectory(directory),
  };
}
