import { BatchError, systemCode } from '../errors.ts';
import type { DiskFile } from '../machine/disk.ts';
import type { BatchJob, BatchSeams } from '../options.ts';

/** Milliseconds between two looks for the reader of a pipe. */
const POLL = 20;

/** Opens a pipe or a device to write to it; a pipe once it has a reader, unless the job is stopped first. */
export async function openWhenRead({ out, signal }: BatchJob, { disk, clock }: BatchSeams): Promise<DiskFile> {
  for (;;) {
    try {
      return await disk.open(out, 'stream');
    } catch (error) {
      if (systemCode(error) !== 'ENXIO') throw error;
    }
    if (signal?.aborted) throw new BatchError('ERR_BATCH_OUTPUT_CLOSED', `${out} had no reader until the job was told to stop.`);
    await new Promise<void>((resolve) => clock.setTimeout(resolve, POLL).ref());
  }
}
