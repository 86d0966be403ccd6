import { types } from 'node:util';
import { isPlain, isPlainJson } from '../../core/wire/plain-json.ts';

function className(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

function find(value: unknown, path: string): string | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : `${path} is ${value}`;
    case 'object':
      break;
    default:
      return `${path} is ${typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`}`;
  }
  if (value === null) return undefined;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const problem = find(value[i], `${path}[${i}]`);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  if (types.isDate(value)) return Number.isNaN(value.getTime()) ? `${path} is an invalid Date` : undefined;
  if (!isPlain(value)) return `${path} is a ${className(value)}`;
  for (const key of Object.keys(value)) {
    const inner = (value as Record<string, unknown>)[key];
    if (inner === undefined) continue;
    const problem = find(inner, `${path}.${key}`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/**
 * The first part of a task's result that would not come back from JSON as what it was, or undefined if every part would.
 * The usual losses of JSON are accepted: a property that is undefined is left out, a Date becomes its ISO text,
 * -0 becomes 0.
 */
export function jsonProblem(value: unknown): string | undefined {
  // Most values need no paths.
  return value === undefined || isPlainJson(value) ? undefined : find(value, 'value');
}
