/**
 * What a line holds.
 *
 * - `json`: its text, believed to be JSON
 * - `raw`: its text, which is no JSON
 * - `bytes`: what is not UTF-8, as base64
 * - `row`: the text of what is no row of its CSV file
 * - `cut`: the beginning of a line that was too long
 */
export type LineForm = 'json' | 'raw' | 'bytes' | 'cut' | 'row';

/** One line that has no record yet: all that its record will need, in one object, because there are millions of them. */
export class OpenLine {
  /** Place among all inputs, from 0; blank lines are not counted. */
  readonly index: number;
  /** Line of its file, from 1. */
  readonly line: number;
  /** Path of its file, where the job has several. */
  readonly file: string | undefined;
  form: LineForm;
  text: string;
  /** Length of a line that was cut. */
  bytes: number;
  /** When it was given to the pool, on the job's clock, as of the last beat. */
  since = 0;
  /** Number of its attempt. */
  attempt = 1;
  /** Index that it had in the job whose dead letter it is. */
  origin: number | undefined = undefined;

  constructor(index: number, line: number, file: string | undefined, form: LineForm, text: string, bytes = 0) {
    this.index = index;
    this.line = line;
    this.file = file;
    this.form = form;
    this.text = text;
    this.bytes = bytes;
  }
}
