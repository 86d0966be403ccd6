import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type Node, parse } from 'acorn';
import { parseAlone } from '../../examples/parse/alone.ts';
import { digestOf } from '../../examples/parse/digest.ts';
import { sourceFiles } from '../../examples/parse/files.ts';
import { rows, table } from '../../examples/parse/table.ts';
import parseFile from '../../examples/parse/task.ts';
import { parseInThreads } from '../../examples/parse/threads.ts';
import { summarize } from '../../examples/parse/tree.ts';
import { faultPlan } from '../../src/faults/index.ts';
import { SOAK } from '../soak.ts';

const FILES = SOAK ? 60 : 10;
/** To look at every file of every package takes longer than to parse ten. */
const WHERE = SOAK ? undefined : 'dist/src';

const summaryOf = (text: string) => summarize(parse(text, { ecmaVersion: 'latest' }));

describe('the parsing example', () => {
  it('counts the nodes of a tree by type', () => {
    assert.deepEqual(summaryOf('const [a, , b] = f(/x/g, 1n, `t`)').nodes, {
      Program: 1,
      VariableDeclaration: 1,
      VariableDeclarator: 1,
      CallExpression: 1,
      TemplateLiteral: 1,
      TemplateElement: 1,
      Literal: 2,
      Identifier: 3,
      ArrayPattern: 1,
    });
  });

  it('hashes a tree so that any change of it shows', () => {
    const texts = [
      'a=1',
      'a=2',
      'b=1',
      'a =1',
      'a+=1',
      '[a,,b]',
      '[a,b]',
      '[,a,b]',
      'x(/a/)',
      'x(/b/)',
      '"1"',
      '1',
      '1n',
      '`1`',
      'null',
      'true',
    ];
    assert.equal(new Set(texts.map((text) => summaryOf(text).hash)).size, texts.length);
    assert.equal(summaryOf('f(1)').hash, summaryOf('f(1)').hash);
  });

  it('takes trees that are nested deeper than calls can be', () => {
    let tree = parse('x', { ecmaVersion: 'latest' }) as Node;
    for (let i = 0; i < 200_000; i++) tree = { type: 'UnaryExpression', start: 0, end: 0, argument: tree } as Node;
    assert.equal(summarize(tree).nodes.UnaryExpression, 200_000);
  });

  it('does not take a stack that is too small for a file that is not JavaScript', (test) => {
    const directory = mkdtempSync(join(tmpdir(), 'parse-'));
    test.after(() => rmSync(directory, { recursive: true }));
    const [deep, broken] = [join(directory, 'deep.js'), join(directory, 'broken.js')];
    writeFileSync(deep, `x${'+(x'.repeat(200_000)}`);
    writeFileSync(broken, 'x +');
    assert.throws(() => parseFile(deep), /stack/);
    assert.equal(parseFile(broken).kind, 'unparsable');
  });

  it('finds the same in threads under faults as alone without', async () => {
    const files = sourceFiles(undefined, WHERE)
      .filter(({ bytes }) => bytes < 20_000)
      .slice(0, FILES);
    const alone = await parseAlone(files);
    const plan = faultPlan({ seed: 121, crash: 0.1, oom: 0.05, never: 0.02 });
    const threaded = await parseInThreads(files, alone, plan, 2);
    assert.equal(digestOf(files, threaded.findings), digestOf(files, alone.findings));
    const text = table(rows({ files, threaded, aloneMs: 1, threadedMs: 1 }));
    assert.match(text, new RegExp(`tasks\\s+${FILES} files`));
    assert.match(text, /retries after crash\s+\d+/);
  });
});
