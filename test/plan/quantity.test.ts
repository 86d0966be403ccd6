import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { count, rate } from '../../src/plan/quantity/count.ts';
import { nines, share } from '../../src/plan/quantity/share.ts';
import { timeText } from '../../src/plan/quantity/text.ts';
import { DAY, time, timeOrNone, YEAR } from '../../src/plan/quantity/time.ts';

type Read = (given: unknown, name: string) => number;

function reads(read: Read, cases: readonly (readonly [unknown, number])[]): void {
  for (const [given, value] of cases) {
    const got = read(given, 'x');
    assert.ok(Math.abs(got - value) <= 1e-12 * Math.abs(value), `${String(given)}: expected ${value}, got ${got}`);
  }
}

function refuses(read: Read, cases: readonly unknown[]): void {
  for (const given of cases)
    assert.throws(() => read(given, '--x'), { code: 'ERR_INVALID_OPTION', message: /^--x: Expected .*\. Got .*\.$/s }, String(given));
}

describe('what people write', () => {
  it('as a time', () => {
    reads(time, [
      ['3y', 3 * YEAR],
      ['3 years', 3 * YEAR],
      ['8s', 8_000],
      [' 8 s ', 8_000],
      ['8S', 8_000],
      ['1ms', 1],
      ['1.5h', 5_400_000],
      ['1h30m', 5_400_000],
      ['1 h 30 min', 5_400_000],
      ['90 days', 90 * DAY],
      ['2 weeks', 14 * DAY],
      ['6 months', YEAR / 2],
      ['250 µs', 0.25],
      ['250us', 0.25],
      ['1e3ms', 1_000],
      ['2,000 ms', 2_000],
      [12, 12],
    ]);
    reads(timeOrNone, [
      ['0', 0],
      ['0 s', 0],
      [0, 0],
      ['1s', 1_000],
    ]);
  });

  it('but not as nonsense', () => {
    const never = [
      '',
      ' ',
      '8',
      's',
      '8 parsecs',
      '-8s',
      '8s 3',
      '30m 1h',
      '1h 1h',
      '0s',
      'NaNs',
      'Infinity s',
      '1e400y',
      '0,5 s',
      '1..5s',
      's8',
    ];
    refuses(time, [...never, 0, -1, Number.NaN, Number.POSITIVE_INFINITY, null, undefined, {}, [], true, 8n]);
    refuses(timeOrNone, ['', '-1s', '0 parsecs 1', -1, Number.NaN]);
  });

  it('as a share', () => {
    reads(share, [
      ['0.01', 0.01],
      ['.5', 0.5],
      ['0.1 %', 0.001],
      ['0.1%', 0.001],
      ['60 percent', 0.6],
      ['1e-6', 1e-6],
      ['1E-6', 1e-6],
      ['5 ppm', 5e-6],
      ['2 ppb', 2e-9],
      ['3 ‰', 0.003],
      ['1/1000', 0.001],
      ['1 in 1,000', 0.001],
      ['3 of 4', 0.75],
      ['1 in 2M', 5e-7],
      ['100%', 1],
      [0, 0],
      [1, 1],
    ]);
    refuses(share, ['', '%', '110 %', '1.01', '-1 %', '0,1', '1/0', '1 in', 'half', '1e-6 %%', 2, -0.1, Number.NaN, null, undefined, {}]);
  });

  it('as nines', () => {
    reads(nines, [
      ['7', 7],
      ['7 nines', 7],
      ['99.9 %', 3],
      ['99.99999%', 7],
      ['99.95%', 3.30103],
      [4.5, 4.5],
    ]);
    refuses(nines, ['', '0', '16', '100 %', '50 %', 'many', 0, 99, Number.NaN, null]);
  });

  it('as a count and as a rate', () => {
    reads(count(1, 1_000_000, 'nodes'), [
      ['1000', 1_000],
      ['1,000', 1_000],
      ['1_000', 1_000],
      ['1k', 1_000],
      ['1e3', 1_000],
      [7, 7],
    ]);
    refuses(count(1, 1_000_000, 'nodes'), ['', '0', '1.5', '-1', '2M', '10,00', 'many', '0x10', '3m', 1.5, Number.NaN, null, [3]]);
    reads(rate, [
      ['1000', 1_000],
      ['1000/s', 1_000],
      ['60k/min', 1_000],
      ['60 per minute', 1],
      ['1M/day', 1e6 / 86_400],
      [0.5, 0.5],
    ]);
    refuses(rate, ['', '0', '-1', '5/fortnight', 'fast', '/s', 0, Number.POSITIVE_INFINITY, undefined]);
  });

  it('and times are told in the unit that fits', () => {
    assert.deepEqual([0, 1e-9, 0.25, 1, 9_460.8, 90_000, 5_400_000, DAY, 3 * YEAR, Number.POSITIVE_INFINITY].map(timeText), [
      '0 s',
      'under 1 ns',
      '250 µs',
      '1 ms',
      '9.46 s',
      '1.5 min',
      '1.5 h',
      '1 day',
      '3 years',
      'forever',
    ]);
  });
});
