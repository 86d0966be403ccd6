import { BUILT_IN, MAX_DEPTH, MAX_ERRORS, OWN_PLACE } from '../../src/core/wire/codec.ts';
import { reviveError } from '../../src/core/wire/revive.ts';
import { type Fields, list, own, plain, text } from './contract.ts';

const PROTOTYPES: ReadonlySet<unknown> = new Set(Object.values(BUILT_IN).map(({ prototype }) => prototype));
/** What a program may have put on the prototype of all objects. */
const POLLUTION = ['$', 'base', 'name', 'message', 'stack', 'fields', 'cause', 'errors', 'value'];

/** @throws {Error} if a record, right or forged, became what no error of a thread may be */
export function checkRevived(record: unknown): void {
  const revived = reviveError(record);
  const { $ } = plain(record) ? { $: own(record, '$') } : { $: undefined };
  if ($ === 'value') return;
  if ($ !== 'error' && Object.keys(revived as object).length > 0) throw new Error('What is no record of an error has given it fields.');
  checkError(revived, 0, new Set());
  checkKept(record, revived, 0, new Set());
  checkUnderAccessors(record);
  const before = describe(revived);
  for (const key of POLLUTION)
    Object.defineProperty(Object.prototype, key, { value: `polluted ${key}`, configurable: true, writable: true });
  let after: unknown;
  try {
    after = reviveError(record);
  } finally {
    for (const key of POLLUTION) delete (Object.prototype as Record<string, unknown>)[key];
  }
  if (describe(after) !== before) throw new Error(`A record becomes another error where Object.prototype has fields: ${before}`);
}

function checkError(error: unknown, depth: number, seen: Set<unknown>): void {
  if (!(error instanceof Error) || !PROTOTYPES.has(Object.getPrototypeOf(error))) throw new Error('It is no error of a known class.');
  if (seen.has(error)) return;
  seen.add(error);
  if (depth > MAX_DEPTH + 1) throw new Error('Its causes go deeper than they may.');
  for (const [key, types] of [
    ['message', ['string']],
    ['name', ['string']],
    ['stack', ['string', 'undefined']],
  ] as const)
    if (!(types as readonly string[]).includes(typeof error[key])) throw new Error(`Its ${key} is no text.`);
  for (const key of Object.keys(error)) if (OWN_PLACE.has(key) || key === '__proto__') throw new Error(`A field has the place of ${key}.`);
  const { errors } = error as { errors?: unknown };
  if (Object.hasOwn(error, 'errors') && !list(errors)) throw new Error('Its errors are no list.');
  const inner = [...(list(errors) ? errors : []), ...(Object.hasOwn(error, 'cause') ? [error.cause] : [])];
  for (const one of inner) if (one instanceof Error) checkError(one, depth + 1, seen);
}

/** What a record says in the way that it may is said by its error, whatever stands beside it. */
function checkKept(record: unknown, error: unknown, depth: number, seen: Set<unknown>): void {
  if (!plain(record) || own(record, '$') !== 'error' || !(error instanceof Error) || seen.has(record) || depth > MAX_DEPTH) return;
  seen.add(record);
  const [message, fields, errors, cause] = ['message', 'fields', 'errors', 'cause'].map((key) => own(record, key));
  const said = text(message) ? message : '';
  if (error.message !== said) throw new Error(`Its message is ${JSON.stringify(error.message)}, and was sent as ${String(said)}.`);
  const sent = plain(fields) ? Object.keys(fields) : [];
  for (const key of Object.keys(error)) if (!sent.includes(key)) throw new Error(`Its field ${key} was not sent.`);
  const revived = own(error as unknown as Fields, 'errors');
  if (list(errors)) {
    if (!list(revived) || revived.length !== Math.min(errors.length, MAX_ERRORS)) throw new Error('Its errors are not as many as may be.');
    revived.forEach((one, i) => void checkKept(errors[i], one, depth + 1, seen));
  } else if (revived !== undefined && !(error instanceof AggregateError && list(revived) && revived.length === 0))
    throw new Error('It has errors that were not sent.');
  if (cause === record && error.cause !== error) throw new Error('It is its own cause no longer.');
  if (cause !== undefined) checkKept(cause, error.cause, depth + 1, seen);
}

/** A program that has given all objects a getter makes every description of a property wrong; even then nothing throws. */
function checkUnderAccessors(record: unknown): void {
  const all = Object.prototype as Record<string, unknown>;
  all.get = 'polluted';
  let revived: unknown;
  try {
    revived = reviveError(record);
  } finally {
    delete all.get;
  }
  if (!(revived instanceof Error)) throw new Error('It is no error where all objects have a getter.');
}

function describe(error: unknown, seen: Set<unknown> = new Set()): string {
  if (!(error instanceof Error)) return typeof error;
  if (seen.has(error)) return 'again';
  seen.add(error);
  const { errors } = error as { errors?: unknown };
  const inner = list(errors) ? errors.map((one) => describe(one, seen)).join() : '';
  const cause = Object.hasOwn(error, 'cause') ? describe(error.cause, seen) : '';
  return `${Object.getPrototypeOf(error).constructor.name} ${error.name} ${error.message} [${Object.keys(error).join()}] (${inner}) < ${cause}`;
}
