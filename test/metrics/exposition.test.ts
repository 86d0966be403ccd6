import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lint, parseExposition, seriesValue } from './exposition.ts';

const head = (name: string, type: string): string => `# HELP ${name} What it is.\n# TYPE ${name} ${type}\n`;

describe('the checker of metrics', () => {
  it('reads names, labels with escapes, and values', () => {
    const families = parseExposition(`${head('x_total', 'counter')}x_total{a="q\\"b\\\\c\\nd",b=""} 3\nx_total 1e3\n`);
    assert.deepEqual(families.get('x_total')?.lines, [
      { name: 'x_total', labels: { a: 'q"b\\c\nd', b: '' }, value: 3 },
      { name: 'x_total', labels: {}, value: 1000 },
    ]);
    assert.equal(seriesValue(families, 'x_total', { b: '' }), 3);
  });

  const broken: Record<string, string> = {
    'no line feed at the end': `${head('x', 'gauge')}x 1`,
    'a line without a family': 'x 1\n',
    'a type without help': '# TYPE x gauge\nx 1\n',
    'a raw quote in a label': `${head('x', 'gauge')}x{a="b"c"} 1\n`,
    'a raw line feed in a label': `${head('x', 'gauge')}x{a="b\nc"} 1\n`,
    'an unknown escape': `${head('x', 'gauge')}x{a="\\t"} 1\n`,
    'a label twice': `${head('x', 'gauge')}x{a="1",a="2"} 1\n`,
    'a value that is no number': `${head('x', 'gauge')}x undefined\n`,
    'a family twice': `${head('x', 'gauge')}x 1\n${head('x', 'gauge')}x 1\n`,
  };
  for (const [what, text] of Object.entries(broken)) {
    it(`refuses ${what}`, () => assert.throws(() => parseExposition(text)));
  }

  const histogram = (lines: string): string => `${head('x_seconds', 'histogram')}${lines}`;
  const bad: Record<string, [text: string, complaint: RegExp]> = {
    'a counter without _total': [`${head('x', 'counter')}x 1\n`, /_total/],
    'a gauge with _total': [`${head('x_total', 'gauge')}x_total 1\n`, /_total/],
    'a gauge that ends like a histogram': [`${head('x_count', 'gauge')}x_count 1\n`, /reserved/],
    milliseconds: [`${head('x_ms', 'gauge')}x_ms 1\n`, /base unit/],
    'a histogram without a unit': [`${head('x', 'histogram')}x_bucket{le="+Inf"} 0\nx_sum 0\nx_count 0\n`, /without a unit/],
    'a negative counter': [`${head('x_total', 'counter')}x_total -1\n`, /counts/],
    'an id': [`${head('x', 'gauge')}x{thread_id="3"} 1\n`, /id as label/],
    'a series twice': [`${head('x', 'gauge')}x{a="1",b="2"} 1\nx{b="2",a="1"} 1\n`, /twice/],
    'buckets that fall': [
      histogram('x_seconds_bucket{le="1"} 2\nx_seconds_bucket{le="+Inf"} 1\nx_seconds_sum 1\nx_seconds_count 1\n'),
      /not cumulative/,
    ],
    'no +Inf': [histogram('x_seconds_bucket{le="1"} 1\nx_seconds_sum 1\nx_seconds_count 1\n'), /no \+Inf/],
    'a count of its own': [histogram('x_seconds_bucket{le="+Inf"} 1\nx_seconds_sum 1\nx_seconds_count 2\n'), /not the count/],
    'no sum': [histogram('x_seconds_bucket{le="+Inf"} 1\nx_seconds_count 1\n'), /_sum/],
  };
  for (const [what, [text, complaint]] of Object.entries(bad)) {
    it(`complains about ${what}`, () => assert.match(lint(parseExposition(text)).join('\n'), complaint));
  }
});
