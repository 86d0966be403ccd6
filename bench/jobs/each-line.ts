// The plain loop: calls a task with each line of standard input, one after another, and prints what comes back.
//   node each-line.js <task-module> [json|text] [export]
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

type Task = (input: unknown) => unknown;

const [module = '', form = 'json', name = 'default'] = process.argv.slice(2);
const task = ((await import(pathToFileURL(resolve(module)).href)) as Record<string, Task>)[name]!;
let bad = 0;
for await (const line of createInterface({ input: process.stdin })) {
  if (line === '') continue;
  try {
    const text = `${JSON.stringify(await task(form === 'json' ? JSON.parse(line) : line))}\n`;
    if (!process.stdout.write(text)) await new Promise((drained) => process.stdout.once('drain', drained));
  } catch (error) {
    bad++;
    console.error((error as Error).message);
  }
}
process.exitCode = bad === 0 ? 0 : 1;
