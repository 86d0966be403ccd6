import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { nodeCommand } from '../../src/cli/node/command.ts';
import { type Block, blocks, pages } from './markdown.ts';

const of = (language: string): { path: string; block: Block }[] =>
  pages().flatMap((one) =>
    blocks(one)
      .filter(({ info }) => info[0] === language)
      .map((block) => ({ path: one.path, block })),
  );

/** What stands in a unit file: sections, and in each its settings. A small reader of systemd.syntax(7), without continued lines. */
function unitOf(text: string): Map<string, [name: string, value: string][]> {
  const sections = new Map<string, [string, string][]>();
  let section: [string, string][] | undefined;
  for (const line of text.split('\n').filter((one) => one !== '' && !/^[#;]/.test(one))) {
    const [, head] = /^\[([A-Z][A-Za-z]*)\]$/.exec(line) ?? [];
    const [, name, value] = /^([A-Z][A-Za-z]*)=(.*)$/.exec(line) ?? [];
    if (head !== undefined) {
      section = [];
      sections.set(head, section);
    } else if (name !== undefined && section !== undefined) section.push([name, value!]);
    else assert.fail(`no line of a unit file: ${line}`);
  }
  return sections;
}

/** The flags of `holdfast node` in a command, each with the value that it takes. */
function checkNodeCommand(words: readonly string[]): void {
  assert.deepEqual(words.slice(0, words.indexOf('node') + 1).slice(-2), ['holdfast', 'node']);
  const { options } = nodeCommand();
  const rest = words.slice(words.indexOf('node') + 1);
  for (let n = 0; n < rest.length; n++) {
    const option = options.find(({ long }) => long === rest[n]);
    assert.ok(option !== undefined, `holdfast node has no ${rest[n]}`);
    if (option.required) assert.ok(rest[++n] !== undefined && !rest[n]!.startsWith('--'), `${option.long} has no value`);
  }
  for (const { long, mandatory } of options) if (mandatory) assert.ok(rest.includes(long!), `${long} is missing`);
}

describe('the systemd units of the docs', () => {
  const units = of('ini').filter(({ block }) => block.text.includes('[Service]'));

  it('are there, have their sections, and call holdfast node as it can be called', () => {
    assert.ok(units.some(({ path }) => path === 'docs/nodes.md'));
    for (const { block } of units) {
      const unit = unitOf(block.text);
      assert.deepEqual([...unit.keys()], ['Unit', 'Service', 'Install']);
      const [, command] = unit.get('Service')!.find(([name]) => name === 'ExecStart')!;
      checkNodeCommand(command.split(' '));
    }
  });

  const analyze = spawnSync('systemd-analyze', ['--version']).status === 0;
  it('pass systemd-analyze verify', { skip: !analyze && 'skipped: no systemd-analyze on the path' }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-unit-'));
    try {
      for (const [n, { block }] of units.entries()) {
        const path = join(folder, `example-${n}.service`);
        // It looks whether the program is there, which on this machine may be elsewhere.
        writeFileSync(
          path,
          block.text.replace(/^ExecStart=(\S+)/m, (line, program) => (existsSync(program) ? line : `ExecStart=${process.execPath}`)),
        );
        const { status, stderr } = spawnSync('systemd-analyze', ['verify', path], { encoding: 'utf8' });
        // Of other units of the machine it may have things to say as well.
        assert.deepEqual([status, stderr.split('\n').filter((line) => line.includes(`example-${n}`))], [0, []]);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly env?: readonly { name: string; value?: string; valueFrom?: { secretKeyRef?: { name: string; key: string } } }[];
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly startupProbe?: Probe;
}

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: number };
}

function checkContainer(container: Container): void {
  assert.match(container.name, /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
  assert.equal(typeof container.image, 'string');
  for (const { name, value, valueFrom } of container.env ?? []) {
    assert.equal(typeof name, 'string');
    if (value === undefined) assert.ok(valueFrom?.secretKeyRef?.name && valueFrom.secretKeyRef.key, `${name} has no value`);
  }
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) {
    if (probe === undefined) continue;
    assert.match(probe.httpGet.path, /^\/(live|ready)$/);
    assert.ok(Number.isInteger(probe.httpGet.port));
  }
  if (container.command !== undefined) {
    assert.ok(
      container.command.every((word) => typeof word === 'string'),
      'a number or a flag of YAML where a text is wanted',
    );
    checkNodeCommand(container.command);
    const port = container.command[container.command.indexOf('--metrics-port') + 1]!;
    assert.equal(container.livenessProbe?.httpGet.port, Number(port.split(':').at(-1)), 'it is probed where it listens');
  }
}

describe('the Kubernetes manifests of the docs', () => {
  const manifests = of('yaml');

  it('are there', () => {
    assert.ok(manifests.some(({ path }) => path === 'docs/nodes.md'));
  });

  for (const { path, block } of manifests) {
    it(`of ${path}:${block.line} are YAML, strictly, and what Kubernetes expects`, () => {
      for (const document of parseAllDocuments(block.text, { strict: true, uniqueKeys: true })) {
        assert.deepEqual([...document.errors, ...document.warnings], []);
        const manifest = document.toJS();
        if (manifest.kind === 'Deployment') {
          assert.equal(manifest.apiVersion, 'apps/v1');
          assert.ok(Number.isInteger(manifest.spec.replicas));
          const labels = manifest.spec.template.metadata.labels;
          for (const [name, value] of Object.entries(manifest.spec.selector.matchLabels)) assert.equal(labels[name], value, name);
        }
        const pod = manifest.kind === 'Deployment' ? manifest.spec.template.spec : manifest.spec;
        assert.ok(Number.isInteger(pod.terminationGracePeriodSeconds));
        assert.ok(pod.containers.length > 0);
        pod.containers.forEach(checkContainer);
      }
    });
  }
});
