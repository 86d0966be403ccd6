import { createRequire } from 'node:module';
import { isPending } from '../core/foreign/intrinsics.ts';
import { transferred } from '../core/wire/moving.ts';
import { type CallOutcome, isPlainJson, type LineOutcome, notOneEach, type TimedOutcome } from '../core/wire/plain-json.ts';
import { context } from './context.ts';
import { withHooks } from './modules/hooked.ts';
import { type Handler, TaskModule } from './modules/load.ts';

/**
 * A task module that stands before another one, for tasks that are lines of text: it parses them, and turns results into
 * text, here in the thread, where that costs the one thread that reads and writes nothing. Which module and which export is in
 * the query of its URL, and how it is called: see `lineTask`.
 */
// Before the other module can put something in their place.
const { parse, stringify } = JSON;
const { isArray } = Array;
const { now: wall } = Date;
const now = performance.now.bind(performance);
const { searchParams } = new URL(import.meta.url);
const name = searchParams.get('name')!;
const load = withHooks(createRequire(import.meta.url), (href) => import(href));
const module = await TaskModule.load(searchParams.get('module')!, load);
const handler = await module.prepare(name);

function outcomeOf(result: unknown): LineOutcome {
  if (result === undefined) return undefined;
  try {
    const moved = transferred(result);
    const value = moved === undefined ? result : moved.value;
    return isPlainJson(value) ? stringify(value) : { value };
  } catch {
    // A circle, or a proxy that throws: who gets it as it is will say what is wrong with it.
    return { value: result };
  }
}

/** `then` of a result, at once or when it is there. */
function after<T, U>(result: T | PromiseLike<T>, then: (value: T) => U): U | Promise<U> {
  return isPending(result) ? settled(result as PromiseLike<T>, then) : then(result as T);
}

async function settled<T, U>(result: PromiseLike<T>, then: (value: T) => U): Promise<U> {
  return then(await result);
}

function overLine(line: unknown): CallOutcome | Promise<CallOutcome> {
  let input: unknown;
  try {
    input = parse(line as string);
  } catch {
    return null;
  }
  return after(handler(input), outcomeOf);
}

/** Calls the task with all inputs of a call, in an array. Lines that are no JSON are left out of it. */
function overLines(lines: unknown): CallOutcome | Promise<CallOutcome> {
  const texts = lines as readonly string[];
  const outcomes: LineOutcome[] = [];
  const values: unknown[] = [];
  /** Which line each value is of. */
  const of: number[] = [];
  for (let i = 0; i < texts.length; i++) {
    outcomes[i] = null;
    try {
      values[values.length] = parse(texts[i]!);
      of[values.length - 1] = i;
    } catch {
      // Its outcome stays that of a line that is no JSON.
    }
  }
  const count = values.length;
  if (count === 0) return outcomes;
  return after(handler(values), (results) => {
    if (!isArray(results) || results.length !== count) throw notOneEach(count, results);
    for (let i = 0; i < count; i++) outcomes[of[i]!] = outcomeOf(results[i]);
    return outcomes;
  });
}

const call = searchParams.has('batch') ? overLines : overLine;

/** Puts a receipt beside what came of a call. */
function timed(line: unknown): TimedOutcome | Promise<TimedOutcome> {
  const { attempt } = context();
  const startedAt = wall();
  const from = now();
  return after(call(line), (outcome): TimedOutcome => [outcome, startedAt, now() - from, attempt]);
}

const task: Handler = searchParams.has('timed') ? timed : call;

/** Before the thread ends, what stands in front of a module passes that on as well. */
export const { teardown } = module;

/** Found under the other module's name of it, which tasks, errors and metrics go by. */
export default { [name]: task };
