import type { Mutation } from '../../mutants/mutant.ts';

const revive = 'core/wire/revive.js';
const check = 'core/wire/wire-check.js';
const cellCheck = 'executors/processes/protocol-check.js';
const hearing = 'executors/threads/hearing.js';
const cell = 'executors/processes/cell-thread.js';
const intake = 'dispatch/outcomes/intake.js';
const lost = 'dispatch/outcomes/lost-results.js';

/** Each protection against what a thread or a cell may say, switched off by itself. */
export const FUZZ_MUTATIONS: readonly Mutation[] = [
  // What an error record becomes.
  {
    name: 'revive: catch',
    file: revive,
    find: 'catch {\n        return new Error(NO_SENSE);',
    put: 'catch (error) {\n        throw error;',
  },
  { name: 'revive: is a record', file: revive, find: 'if (!isRecord(encoded))\n', put: 'if (false)\n' },
  { name: 'revive: kind', file: revive, find: "if (kind !== 'error')", put: 'if (false)' },
  { name: 'revive: known before', file: revive, find: 'if (before !== undefined)', put: 'if (false)' },
  { name: 'revive: depth', file: revive, find: 'if (depth > MAX_DEPTH)', put: 'if (false)' },
  { name: 'revive: errors are a list', file: revive, find: 'if (Array.isArray(errors))', put: 'if (errors !== undefined)' },
  { name: 'revive: number of errors', file: revive, find: 'errors.slice(0, MAX_ERRORS)', put: 'errors' },
  { name: 'revive: fields are a record', file: revive, find: 'if (isRecord(fields))', put: 'if (fields !== undefined)' },
  { name: 'revive: __proto__', file: revive, find: "key !== '__proto__' && ", put: '' },
  { name: 'revive: fields with a place of their own', file: revive, find: ' && !OWN_PLACE.has(key)', put: '' },
  { name: 'revive: message is text', file: revive, find: "typeof message === 'string' ? message : ''", put: 'message' },
  {
    name: 'revive: base is known',
    file: revive,
    find: "typeof base === 'string' && Object.hasOwn(BUILT_IN, base)",
    put: 'base in BUILT_IN',
  },
  { name: 'revive: name is text', file: revive, find: "typeof name === 'string' && name !== error.name", put: 'name !== error.name' },
  { name: 'revive: stack is text', file: revive, find: "typeof stack === 'string' ? stack : undefined", put: 'stack' },
  {
    name: 'revive: own properties',
    file: revive,
    find: 'return Object.hasOwn(record, key) ? record[key] : undefined;',
    put: 'return record[key];',
  },
  { name: 'record: message', file: revive, find: "typeof own(value, 'message') === 'string' && ", put: '' },
  { name: 'record: fields', file: revive, find: " && isRecord(own(value, 'fields'))", put: '' },
  { name: 'record: kind', file: revive, find: "return own(value, '$') === 'value';", put: 'return true;' },
  // What a thread may say.
  { name: 'thread: is a list', file: check, find: 'if (!Array.isArray(message))\n', put: 'if (message == null)\n' },
  { name: 'thread: note is a list', file: check, find: 'if (!Array.isArray(item) || ', put: 'if (item == null || ' },
  { name: 'thread: note index', file: check, find: ' || !isWhole(item[0])', put: '' },
  { name: 'thread: note kind', file: check, find: 'FAILED_ITEMS.has(item[1]) && ', put: '' },
  { name: 'thread: note error', file: check, find: 'FAILED_ITEMS.has(item[1]) && isEncoded(item[2])', put: 'FAILED_ITEMS.has(item[1])' },
  { name: 'thread: digest', file: check, find: "typeof item[2] === 'string'", put: 'true' },
  { name: 'thread: values', file: check, find: '(Array.isArray(values) || types.isUint8Array(values)) && ', put: '' },
  { name: 'thread: bundle', file: check, find: 'if (!isWhole(bundle) || ', put: 'if (' },
  { name: 'thread: from', file: check, find: '!isWhole(from) || ', put: '' },
  { name: 'thread: times are a list', file: check, find: ' || !Array.isArray(times)', put: ' || times == null' },
  { name: 'thread: times are numbers', file: check, find: '!Number.isFinite(time) || ', put: '' },
  { name: 'thread: times go on', file: check, find: ' || time < last', put: '' },
  {
    name: 'thread: notes are a list',
    file: check,
    find: 'isListOf(notes, isNote)',
    put: 'notes === null || notes.every?.(isNote) !== false',
  },
  { name: 'thread: notes', file: check, find: 'isListOf(notes, isNote)', put: 'Array.isArray(notes)' },
  { name: 'thread: failed start', file: check, find: 'return isEncoded(first);', put: 'return true;' },
  { name: 'thread: progress', file: check, find: 'return isWhole(first) && isWhole(second);', put: 'return true;' },
  { name: 'thread: last words', file: check, find: 'isWhole(first) && isWhole(second) && isEncoded(third)', put: 'isEncoded(third)' },
  { name: 'thread: error of last words', file: check, find: ' && isEncoded(third)', put: '' },
  { name: 'thread: exit', file: check, find: 'message.length === 5 && isListOf(message, isWhole)', put: 'true' },
  { name: 'thread: unknown words', file: check, find: 'return false;\n    }\n}', put: 'return true;\n    }\n}' },
  { name: 'thread: words are checked', file: hearing, find: 'if (isFromThread(message))', put: 'if (true)' },
  { name: 'thread: nothing after the exit', file: hearing, find: "if (this.state === 'exited')\n            return;", put: '' },
  {
    name: 'thread: ends if its word trips',
    file: hearing,
    find: 'this.#error ??= error;\n            this.#terminate();\n        }\n    }\n    /** No',
    put: '}\n    }\n    /** No',
  },
  // What a cell may say.
  { name: 'cell: is a record', file: cellCheck, find: 'if (!isRecord(message) || ', put: 'if (' },
  { name: 'cell: thread', file: cellCheck, find: '!isWhole(message.thread) || ', put: '' },
  { name: 'cell: unknown words', file: cellCheck, find: 'return Object.hasOwn(SHAPES, message.tell) && ', put: 'return ' },
  { name: 'cell: started', file: cellCheck, find: 'started: ({ threadId }) => isWhole(threadId)', put: 'started: () => true' },
  { name: 'cell: report', file: cellCheck, find: 'isReport(bundle, from, times, notes)', put: 'true' },
  { name: 'cell: progress', file: cellCheck, find: 'isWhole(bundle) && isWhole(index),\n    lateError', put: 'true,\n    lateError' },
  { name: 'cell: late error', file: cellCheck, find: 'isWhole(taskId) && isWhole(attempt) && isEncoded(error)', put: 'isEncoded(error)' },
  { name: 'cell: error of a late error', file: cellCheck, find: ' && isWhole(attempt) && isEncoded(error)', put: ' && isWhole(attempt)' },
  { name: 'cell: accounted', file: cellCheck, find: 'isWhole(bundle) && isWhole(upTo)', put: 'true' },
  { name: 'cell: revoked', file: cellCheck, find: 'isWhole(bundle) && isWhole(claimed)', put: 'true' },
  {
    name: 'cell: memory',
    file: cellCheck,
    find: "typeof bytes === 'number' && bytes >= 0 && bytes < Number.POSITIVE_INFINITY",
    put: 'true',
  },
  { name: 'cell: exit', file: cellCheck, find: 'exited: ({ exit }) => isExit(exit)', put: 'exited: () => true' },
  { name: 'cell: cause of an exit', file: cellCheck, find: '!CAUSES.has(exit.cause) || ', put: '' },
  { name: 'cell: blame', file: cellCheck, find: ' || !isBlame(exit.blame)', put: '' },
  { name: 'cell: exit code', file: cellCheck, find: "typeof exit.exitCode !== 'number'", put: 'false' },
  { name: 'cell: signal', file: cellCheck, find: "(exit.signal === undefined || typeof exit.signal === 'string')", put: 'true' },
  { name: 'cell: error of an exit', file: cellCheck, find: '(exit.error === undefined || isEncoded(exit.error))', put: 'true' },
  {
    name: 'cell: body can be read',
    file: cell,
    find: 'catch {\n            // It is known which',
    put: 'catch (error) {\n            throw error;\n            // It is known which',
  },
  { name: 'cell: body is a list', file: cell, find: 'if (!Array.isArray(values))', put: 'if (false)' },
  {
    name: 'cell: nothing after the exit',
    file: cell,
    find: "if (this.#state === 'exited' || message.tell === 'passed')",
    put: "if (message.tell === 'passed')",
  },
  // What a report may move in the books.
  { name: 'books: bundle', file: intake, find: 'if (bundle === undefined || count === 0 ||', put: 'if (count === 0 ||' },
  { name: 'books: empty report', file: intake, find: 'count === 0 || ', put: '' },
  { name: 'books: continues', file: intake, find: 'bundle.reported !== from', put: 'false' },
  { name: 'books: times', file: intake, find: ' || times.length !== count + 1', put: '' },
  {
    name: 'books: has ended',
    file: intake,
    find: 'from + count > thread.standing(bundle).finished',
    put: 'from + count > bundle.size',
  },
  { name: 'books: seal was asked for', file: intake, find: 'placement?.seal === true && ', put: '' },
  { name: 'books: sealed bytes', file: intake, find: ' && types.isUint8Array(value)', put: '' },
  {
    name: 'books: account was asked for',
    file: lost,
    find: 'if (thread.unaccounted === 0)\n            return; //',
    put: 'if (false)\n            return; //',
  },
  {
    name: 'books: lost are those that have ended',
    file: lost,
    find: 'Math.min(upTo, thread.standing(bundle).finished)',
    put: 'Math.min(upTo, bundle.size)',
  },
  { name: 'books: nothing is lost backwards', file: lost, find: 'if (end <= from)\n', put: 'if (end === from)\n' },
];
