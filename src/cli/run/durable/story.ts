import type { Clock } from '../../../core/clock.ts';
import type { ManagerCard, Note, Standing } from '../../../durable/board.ts';

/** Milliseconds without a manager after which the command says so. */
const LONELY = 3_000;

/** What the command prints of a durable job while it runs: which managers it has, and what they say. */
export class Story {
  readonly #print: (line: string) => void;
  readonly #clock: Clock;
  readonly #refusals = new Set<string>();
  #lastNote = '';
  #epoch = 0;
  #manager: ManagerCard | undefined;
  /** Since when no manager has it, and whether that was said. */
  #alone: { readonly since: number; said: boolean } | undefined;
  /** What its manager has said last, and when that arrived. */
  #heard: { readonly progress: string; readonly at: number };
  #silent = false;

  constructor(print: (line: string) => void, clock: Clock) {
    this.#print = print;
    this.#clock = clock;
    this.#heard = { progress: '', at: clock.now() };
  }

  /** The last note that was printed. */
  get lastNote(): string {
    return this.#lastNote;
  }

  note({ id, kind, who, text }: Note): void {
    this.#lastNote = id;
    const line = kind === 'note' ? text : `Node ${who} cannot manage this job: ${text}.`;
    // A node looks again and again whether it can by now.
    if (kind === 'note' || !this.#refusals.has(line)) this.#print(line);
    if (kind === 'refused') this.#refusals.add(line);
  }

  managers({ epoch, manager, held, progress }: Standing): void {
    const now = this.#clock.now();
    if (held && epoch > this.#epoch && manager !== undefined) this.#took(epoch, manager, now);
    const told = JSON.stringify(progress ?? null);
    if (told !== this.#heard.progress) this.#heard = { progress: told, at: now };
    if (held) this.#alone = undefined;
    else this.#alone ??= { since: now, said: false };
    if (this.#alone === undefined || this.#alone.said || now - this.#alone.since < LONELY) return;
    this.#alone.said = true;
    const what = this.#epoch === 0 ? 'No manager has taken the job yet' : 'No manager has taken the job up again yet';
    this.#print(`${what}. Is there a holdfast node with --managers 1 and this --name, on a machine that sees this folder?`);
  }

  #took(epoch: number, manager: ManagerCard, now: number): void {
    const { pid, host } = manager;
    const before = this.#manager;
    const silence = `${Math.round(now - this.#heard.at)} ms after its last word`;
    if (before === undefined) this.#print(`Process ${pid} on ${host} manages the job${epoch > 1 ? ', from the journal on' : ''}.`);
    else this.#print(`Process ${before.pid} on ${before.host} is gone. Process ${pid} on ${host} goes on from the journal, ${silence}.`);
    this.#epoch = epoch;
    this.#manager = manager;
  }

  brokerSilent(): void {
    if (!this.#silent) this.#print('Redis does not answer. The job goes on when it does.');
    this.#silent = true;
  }

  brokerAnswers(): void {
    if (this.#silent) this.#print('Redis answers again.');
    this.#silent = false;
  }

  lost(): void {
    this.#print('Redis has lost the job, and is given it again. With appendonly yes it would have kept it.');
  }
}
