import { readFileSync } from 'node:fs';

const MOST_LINES = 10_000;

/** The sample cannot be used; the message says why. */
export class SampleError extends Error {
  override readonly name = 'SampleError';
}

/**
 * The values of a file of JSON lines, at most the first 10 000.
 * @throws {SampleError} no such file, a line that is not JSON, or nothing in it
 */
export function readSample(path: string): unknown[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new SampleError(`The sample ${path} cannot be read: ${(error as Error).message}.`);
  }
  const sample: unknown[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      sample.push(JSON.parse(line));
    } catch {
      throw new SampleError(`Expected one JSON value a line. Got something else in line ${index + 1} of ${path}.`);
    }
    if (sample.length === MOST_LINES) break;
  }
  if (sample.length === 0) throw new SampleError(`Expected at least one line of input in ${path}. Got none.`);
  return sample;
}
