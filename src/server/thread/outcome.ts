import { types } from 'node:util';
import { encodeForSure } from '../../core/wire/codec.ts';
import { isFail, isNoReply } from '../define/marks.ts';
import { OUTCOME, type Outcome } from '../wire.ts';

/** What a handler has returned, as it is reported. */
export function outcomeOf(value: unknown): [Outcome, unknown] {
  if (value === null || typeof value !== 'object' || types.isProxy(value)) return [OUTCOME.reply, value];
  if (isFail(value)) return [OUTCOME.fail, encodeForSure(value.error)];
  return isNoReply(value) ? [OUTCOME.later, undefined] : [OUTCOME.reply, value];
}
