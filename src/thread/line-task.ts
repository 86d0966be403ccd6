import { createRequire } from 'node:module';
import { isPending } from '../core/foreign/intrinsics.ts';
import { isPlainJson, type LineOutcome } from '../core/wire/plain-json.ts';
import { withHooks } from './hooked.ts';
import { type Handler, TaskModule } from './load.ts';
import { transferred } from './transfer.ts';

/**
 * A task module that stands before another one, for tasks that are lines of JSON: it parses them, and turns results into
 * text, here in the thread, where that costs the one thread that reads and writes nothing. Which module and which export is in
 * the query of its URL: see `lineTask`.
 */
// Before the other module can put something in their place.
const { parse, stringify } = JSON;
const { searchParams } = new URL(import.meta.url);
const name = searchParams.get('name')!;
const load = withHooks(createRequire(import.meta.url), (href) => import(href));
const handler = (await TaskModule.load(searchParams.get('module')!, load)).handler(name);

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

async function outcomeOfPending(result: PromiseLike<unknown>): Promise<LineOutcome> {
  return outcomeOf(await result);
}

const overLine: Handler = (line) => {
  let input: unknown;
  try {
    input = parse(line as string);
  } catch {
    return null satisfies LineOutcome;
  }
  const result = handler(input);
  return isPending(result) ? outcomeOfPending(result) : outcomeOf(result);
};

/** Found under the other module's name of it, which tasks, errors and metrics go by. */
export default { [name]: overLine };
