import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL, URL } from 'node:url';
import { hrefOf } from '../core/foreign/foreign.ts';
import { type Check, wrongType } from './checks.ts';

/** A module that threads load: a path or a URL, in its final form a `file:` URL. */
export const moduleFile: Check<string> = (value, path) => {
  const expected = "the task module: a path or a file: URL, as in new URL('./task.js', import.meta.url)";
  const given = hrefOf(value) ?? value;
  if (typeof given !== 'string' || given === '' || (given !== value && !given.startsWith('file:'))) return wrongType(path, expected, value);
  if (!given.startsWith('file:')) return pathToFileURL(resolve(given)).href;
  try {
    const url = new URL(given);
    fileURLToPath(url);
    return url.href;
  } catch {
    return wrongType(path, expected, value); // A host, say, or a character that no path can have.
  }
};
