// What xargs and GNU parallel start: calls a task with each of its arguments, and prints what comes back.
//   node each-argument.js <task-module> json|text <line...>
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [module = '', form, ...lines] = process.argv.slice(2);
const { default: task } = (await import(pathToFileURL(resolve(module)).href)) as { default: (input: unknown) => unknown };
for (const line of lines) {
  try {
    console.log(JSON.stringify(await task(form === 'json' ? JSON.parse(line) : line)));
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
