import { spawn } from 'node:child_process';

/**
 * - `mine`: no other process on this kernel has it, and none gets it until the file is closed
 * - `taken`: another process has it
 * - `unknown`: there are no such locks here
 */
export type KernelLock = 'mine' | 'taken' | 'unknown';

/**
 * Asks the kernel for the lock of an open file. It belongs to the file itself, whatever its names are and in whichever
 * container it is open, and ends with the process. Node has no call for it; but a lock belongs to an open file and not
 * to the process that asked, so that the `flock` program of util-linux and BusyBox can ask for us.
 */
export function kernelLock(descriptor: number, mode: 'exclusive' | 'shared'): Promise<KernelLock> {
  if (process.platform !== 'linux') return Promise.resolve('unknown');
  return new Promise((resolve) => {
    const child = spawn('flock', ['-n', mode === 'exclusive' ? '-x' : '-s', '3'], { stdio: ['ignore', 'ignore', 'pipe', descriptor] });
    let complaint = '';
    child.stderr?.on('data', (piece) => {
      complaint += piece;
    });
    child.on('error', () => resolve('unknown'));
    child.on('close', (code) => {
      if (code === 0) resolve('mine');
      // Any failure but the one that is expected comes with a message.
      else resolve(code === 1 && complaint === '' ? 'taken' : 'unknown');
    });
  });
}
