import { nodeDisk } from '../../batch/machine/node-disk.ts';
import { readSmall, replaceText } from '../../batch/machine/small-file.ts';
import { messageOf } from '../../core/foreign/message.ts';
import { ServerError } from '../errors.ts';

/**
 * A key's state is in the journal of its partition; with another count it would be looked for in another one. So the count is kept beside them.
 * @throws {ServerError} `ERR_SERVER_JOURNAL_OTHER`, `ERR_SERVER_JOURNAL_WRITE`
 */
export async function keepCount(journal: string, count: number): Promise<void> {
  const path = `${journal}.partitions`;
  let kept: string;
  try {
    const text = await readSmall(nodeDisk, path);
    // None, or one that a full disk or the end of the program has kept from being finished.
    if (text?.endsWith('\n') !== true) return await replaceText(nodeDisk, path, `${count}\n`);
    kept = text.trim();
  } catch (cause) {
    throw unwritable(journal, cause);
  }
  if (kept === String(count)) return;
  const advice = 'Begin with that many, or with another journal: a key would be looked for where it is not.';
  throw new ServerError('ERR_SERVER_JOURNAL_OTHER', `journal ${journal}: it has ${kept} partitions, and not ${count}. ${advice}`);
}

function unwritable(journal: string, cause: unknown): ServerError {
  const why = messageOf(cause).replace(/\.$/, '');
  return new ServerError('ERR_SERVER_JOURNAL_WRITE', `journal ${journal} cannot be opened: ${why}. Name a file that can be written.`, {
    cause,
  });
}
