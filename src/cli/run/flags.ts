/** Options that messages name, as the command line calls them. */
const NAMES: Readonly<Record<string, string>> = {
  allowChangedTask: '--allow-changed-task',
  deadLetters: '--dead-letters',
  exactNumbers: '--exact-numbers',
  maxLine: '--max-line',
};
/** Options whose names are words besides: only where a message says them, or begins with them. */
const WORDS = 'resume|overwrite|halt never|format|failed|out|input|threads|name|ordered|timeout|sync';

/** A message of a job in the words of the command: its options are flags here. */
export function inFlags(message: string): string {
  return message
    .replace(/ \(--[a-z-]+\)/g, '')
    .replace(/\b(allowChangedTask|deadLetters|exactNumbers|maxLine)\b/g, (name) => NAMES[name]!)
    .replace(/\bformat '(csv|lines)'/g, '--$1')
    .replace(/\(format\)/g, '(--lines, --csv)')
    .replace(new RegExp(`\\b([Ss]ay) (${WORDS})\\b`, 'g'), '$1 --$2')
    .replace(/, overwrite to throw/g, ', --overwrite to throw')
    .replace(new RegExp(`\\((${WORDS})\\)`, 'g'), '(--$1)')
    .replace(new RegExp(`^(${WORDS}): `), '--$1: ');
}
