import { isListOf } from '../../core/wire/list-of.ts';
import { isEncoded } from '../../core/wire/revive.ts';
import { FROM, type FromThread } from '../wire.ts';

type Check = (value: unknown) => boolean;

const isNumber: Check = (value) => typeof value === 'number';
/** NaN is not a delay. */
const isDelay: Check = (value) => isNumber(value) && (value as number) >= 0;
const isWhole: Check = Number.isInteger;
const isText: Check = (value) => typeof value === 'string';
const any: Check = () => true;
const none: Check = (value) => value === undefined;
const isError: Check = isEncoded;
const isBytes: Check = (value) => value instanceof ArrayBuffer || value instanceof SharedArrayBuffer;
const isFlag: Check = (value) => typeof value === 'boolean';
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

const or =
  (...checks: readonly Check[]): Check =>
  (value) =>
    checks.some((check) => check(value));
const list =
  (check: Check): Check =>
  (value) =>
    isListOf(value, check);
/** A tuple whose first entry was looked at already. */
const rest =
  (...checks: readonly Check[]): Check =>
  (value) =>
    Array.isArray(value) && checks.every((check, i) => check(value[i + 1]));

const isFrom: Check = (value) => isRecord(value) && isText(value.server) && isNumber(value.call);
const EFFECTS: Readonly<Record<string, Check>> = {
  reply: rest(isFrom, any, isFlag),
  timer: rest(isText, isDelay),
  cancel: rest(isText),
  cast: rest(isText, isText, any),
  stop: rest(or(none, isError)),
};
const isEffect: Check = (value) =>
  Array.isArray(value) && isText(value[0]) && Object.hasOwn(EFFECTS, value[0]) && EFFECTS[value[0]]!(value);
const areEffects = list(isEffect);
/** Failures carry an error that was encoded. */
function tellsReport(list: readonly unknown[], at: number): boolean {
  const outcome = list[at + 1];
  const effects = list[at + 3];
  if (!isWhole(list[at]) || (effects !== undefined && !areEffects(effects))) return false;
  return outcome === 0 || outcome === 2 || ((outcome === 1 || outcome === 3) && isError(list[at + 2]));
}
const isReport: Check = (value) => Array.isArray(value) && tellsReport(value, 0);
const isNames: Check = (value) =>
  isRecord(value) &&
  or(isNumber, isText)(value.version) &&
  isFlag(value.terminates) &&
  [value.call, value.read, value.cast].every(list(isText));

const SHAPES: Readonly<Record<FromThread[0], Check>> = {
  [FROM.ready]: rest(or(none, isBytes), or(none, areEffects), isNames),
  [FROM.ignored]: any,
  [FROM.failed]: rest(isError),
  [FROM.reports]: rest(list(isReport)),
  [FROM.report]: (value) => tellsReport(value as readonly unknown[], 1),
  [FROM.applied]: rest(isWhole),
  [FROM.snapshot]: rest(isWhole, or(none, isBytes), or(none, isError)),
  [FROM.ask]: rest(isWhole, isWhole, isText, isText, any, or(none, isNumber)),
  [FROM.continued]: rest(isWhole, isWhole, areEffects),
  [FROM.crashing]: rest(isWhole, isWhole, isError),
  [FROM.exiting]: rest(or(none, isNumber), or(none, isWhole), or(none, isWhole)),
};

/**
 * Whether what came is a message of a server's thread. Code of the user shares that thread, and its process, and can find the port or the pipe; what it
 * writes there must not be able to throw in the main process.
 */
export function isFromServer(message: unknown): message is FromThread {
  return (
    Array.isArray(message) && isNumber(message[0]) && Object.hasOwn(SHAPES, message[0]) && SHAPES[message[0] as FromThread[0]](message)
  );
}
