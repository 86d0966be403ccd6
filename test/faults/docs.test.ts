import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ATTEMPT_FAULTS, type AttemptFault, FAILURE_OF, type FaultOptions, faultPlan } from '../../src/faults/index.ts';
import { codes, page, rows } from '../docs/markdown.ts';

const docs = page('docs/faults.md');
const { rates: _, ...defaults } = faultPlan({ seed: 0 }).plan;

/** What a check expected of an option. */
function expected(option: string): string | undefined {
  try {
    faultPlan({ seed: 1, [option]: Symbol('wrong') } as unknown as FaultOptions);
  } catch (error) {
    return /: Expected (.*)\. Got /.exec((error as Error).message)?.[1];
  }
  return undefined;
}

describe('docs/faults.md', () => {
  it('has every fault, with the failure kind that comes of it', () => {
    const documented = rows(docs, 'Faults').map((row) => [codes(row.fault)[0], codes(row['failure kind'])[0]]);
    assert.deepEqual(
      documented,
      ATTEMPT_FAULTS.map((fault: AttemptFault) => [fault, FAILURE_OF[fault]]),
    );
  });

  it('has every other option, with its default and what it takes', () => {
    const documented = rows(docs, 'Other options').map((row) => ({
      option: codes(row.option)[0]!,
      takes: row.takes!.replace(', or { factor }', ''),
      value: codes(row.default)[0],
    }));
    assert.deepEqual(documented.map(({ option }) => option).sort(), Object.keys(defaults).sort());
    for (const { option, takes, value } of documented) {
      assert.equal(takes, expected(option), option);
      if (option === 'seed') continue;
      assert.equal(
        value,
        option === 'slot' || option === 'generation' ? undefined : String(defaults[option as keyof typeof defaults]),
        option,
      );
    }
  });
});
