import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Server, startServer } from '../../../src/server/index.ts';
import { KINDS, type Kind } from '../../stories/matrix/kinds.ts';
import { WAYS, type Way } from '../cells/deaths.ts';
import type { Moment } from '../fixtures/misdoer.ts';
import { until } from '../stage.ts';

type Misdoer = typeof import('../fixtures/misdoer.ts');

/** Kinds whose thread has to be ended: how long that takes is how long the test does. */
const HANGS = ['spin', 'neverSettle', 'blockNatively', 'returnEndlessGetter', 'spinAfterwards'];
/** The caller's own misdeed: nothing of it reaches a thread. Beside it a thread dies at that moment. */
const isCallers = ({ fault }: Kind): boolean => fault.startsWith('is given');
/** Its message is handled, and only the reply cannot travel. */
const isHandled = ({ fault, attempts }: Kind): boolean => fault.startsWith('returns') && attempts[0] === 'clone';

export { KINDS };
export const MOMENTS: readonly Moment[] = ['idle', 'handler', 'snapshot', 'replay', 'take-over', 'close'];
export const MODES = Object.keys(WAYS) as Way[];

/** Where nothing is kept, nothing is copied or replayed. */
export const exists = (moment: Moment, way: Way): boolean => way !== 'init' || (moment !== 'snapshot' && moment !== 'replay');

/**
 * One real server, one misdeed of a pool's settlement matrix, at one moment. Each call settles once; the misdeed costs one message at most, and its own;
 * the state afterwards is what the answered messages make of it. Returns what came of it, in words.
 */
export async function misbehaves(kind: Kind, moment: Moment, way: Way): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-misdeed-'));
  const hangs = HANGS.includes(kind.name);
  const server = await startServer<Misdoer>({
    filename: new URL('../fixtures/misdoer.js', import.meta.url),
    workerData: { folder, deed: isCallers(kind) ? 'exitNow' : kind.name, input: isCallers(kind) ? undefined : kind.input?.() },
    snapshotEvery: 4,
    handlerTimeout: hangs ? 400 : 30_000,
    terminateTimeout: 200,
    callTimeout: 60_000,
    restart: { intensity: 100, minTimeout: 0 },
    resourceLimits: kind.name === 'exhaustMemory' ? { maxOldGenerationSizeMb: 48 } : {},
    ...WAYS[way],
  });
  try {
    return await new Trial(server, join(folder, moment), kind, moment, way).run();
  } finally {
    await server.stop({ timeout: 20_000 });
    rmSync(folder, { recursive: true, force: true });
  }
}

class Trial {
  readonly #server: Server<Misdoer>;
  readonly #order: string;
  readonly #kind: Kind;
  readonly #moment: Moment;
  readonly #way: Way;
  readonly #answered: number[] = [];
  readonly #rejected: { readonly n: number; readonly error: unknown }[] = [];
  #sent = 0;

  constructor(server: Server<Misdoer>, order: string, kind: Kind, moment: Moment, way: Way) {
    this.#server = server;
    this.#order = order;
    this.#kind = kind;
    this.#moment = moment;
    this.#way = way;
  }

  async run(): Promise<string> {
    for (let i = 0; i < 6; i++) await this.#give();
    await until(() => this.#server.status().threads.every(({ state }) => state === 'live')); // It is a standby that makes the copy.
    writeFileSync(this.#order, '');
    if (this.#moment === 'close') return this.#close();
    for (let i = 0; existsSync(this.#order); i++) {
      assert.ok(i < 60, `${this.#where}: it never came to that`);
      await this.#burst();
    }
    await this.#burst(); // What was left behind may strike later.
    await this.#judge();
    return this.#inWords;
  }

  async #burst(): Promise<void> {
    const before = { idle: 'leave', replay: 'die', 'take-over': 'die' } as const;
    const name = before[this.#moment as 'idle'] as 'leave' | undefined;
    const side = name === undefined ? [] : [this.#server.call(name).catch(() => {})];
    const own = isCallers(this.#kind) ? [this.#badCall()] : [];
    await Promise.all([...side, ...own, this.#give(), this.#give(), this.#give()]);
  }

  /** The end is in order, and everybody has an answer. */
  async #close(): Promise<string> {
    const calls = [this.#give(), this.#give(), ...(isCallers(this.#kind) ? [this.#badCall()] : [])];
    const reason = await this.#server.stop({ timeout: 20_000 });
    await Promise.all(calls);
    assert.equal(reason.kind, 'shutdown', this.#where);
    assert.ok(!existsSync(this.#order), `${this.#where}: it never came to that`);
    assert.deepEqual(this.#rejected, [], this.#where);
    return this.#inWords;
  }

  async #badCall(): Promise<void> {
    const give = this.#server.call('give', this.#kind.input!() as number);
    await assert.rejects(give, { code: 'ERR_SERVER_NOT_CLONEABLE' }, this.#where);
  }

  async #give(): Promise<void> {
    const n = ++this.#sent;
    await this.#server.call('give', n).then(
      () => this.#answered.push(n),
      (error) => this.#rejected.push({ n, error }),
    );
  }

  async #judge(): Promise<void> {
    assert.equal(this.#answered.length + this.#rejected.length, this.#sent, `${this.#where}: each call settles once`);
    assert.ok(this.#rejected.length <= 1, `${this.#where}: ${this.#rejected.map(({ error }) => String(error))}`);
    if (this.#way === 'init') return;
    const { given, sum } = await this.#server.call('all');
    const handled = isHandled(this.#kind) ? this.#rejected.map(({ n }) => n) : [];
    const inState = (n: number): boolean => this.#answered.includes(n) || handled.includes(n);
    assert.deepEqual(
      given,
      Array.from({ length: this.#sent }, (_, i) => i + 1).filter(inState),
      `${this.#where}: the state is what was answered`,
    );
    assert.equal(
      sum,
      given.reduce((all, n) => all + n, 0),
      `${this.#where}: and nothing in it is half done`,
    );
  }

  get #where(): string {
    return `${this.#kind.fault}, ${this.#moment}, ${this.#way}`;
  }

  get #inWords(): string {
    const [first] = this.#rejected;
    if (first === undefined) return 'all';
    const error = first.error as { code?: unknown; name?: unknown } | null;
    return String(error?.code ?? error?.name ?? error);
  }
}
