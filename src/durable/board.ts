import { brokerError } from '../executors/nodes/link/broker-errors.ts';
import type { Client } from './connect.ts';
import { type JobKeys, KEPT } from './keys.ts';
import { fromText, toText } from './plain.ts';
import { CALL_OFF, PUT } from './scripts.ts';

/** A process that manages jobs, or has put one. */
export interface Who {
  readonly host: string;
  readonly pid: number;
}

/** A manager, as it announces itself. */
export interface ManagerCard extends Who {
  readonly id: string;
  /** The node that it belongs to. */
  readonly node: string;
  /** The job that it works on. */
  readonly job?: string;
}

/** A job, as the command line puts it. */
export interface PutJob {
  /** Made anew for each put; the claim file beside the output holds it too. */
  readonly nonce: string;
  /** Working directory, from which all its paths are taken. */
  readonly folder: string;
  /** Path of the claim file. */
  readonly proof: string;
  /** For people. */
  readonly out: string;
  readonly holdfast: string;
  /** Path of the task module, and SHA-256 of it. */
  readonly module: { readonly path: string; readonly sha256: string };
  readonly by: Who;
  /** What has to be the same for a command that wants to follow it. */
  readonly likeness: string;
  /** What managers are asked to do. */
  readonly request: unknown;
}

/** Something that a manager says. `refused`: it cannot run the job. */
export interface Note {
  readonly id: string;
  readonly kind: 'note' | 'refused';
  readonly who: string;
  readonly text: string;
}

/** A job as it stands. */
export interface Standing {
  readonly nonce: string;
  readonly by: Who;
  readonly out: string;
  readonly likeness: string;
  /** Managers that have taken it. */
  readonly epoch: number;
  readonly manager: ManagerCard | undefined;
  /** A manager has it now. */
  readonly held: boolean;
  readonly begun: boolean;
  readonly progress: unknown;
  readonly order: string | undefined;
  readonly outcome: unknown;
  /** Milliseconds from when it was put until it ended. */
  readonly ms: number | undefined;
}

/** What a command line, following a job or looking on, asks Redis of durable jobs. */
export class JobBoard {
  readonly #client: Client;
  readonly #keys: JobKeys;
  readonly #shown: string;

  /** @param shown the broker, as it may be shown */
  constructor(client: Client, keys: JobKeys, shown: string) {
    this.#client = client;
    this.#keys = keys;
    this.#shown = shown;
  }

  /** False: a job with this id is under way. */
  async put(id: string, job: PutJob, state: { readonly begun: boolean }): Promise<boolean> {
    const { nonce, folder, proof, out, holdfast, likeness, module, by, request } = job;
    const fields = { nonce, folder, proof, out, holdfast, likeness, module: toText(module), by: toText(by), request: toText(request) };
    const pairs = Object.entries({ ...fields, ...(state.begun && { begun: '1' }) }).flat();
    const { run, notes, open } = this.#of(id);
    return (await this.#ask(() => this.#client.eval(PUT, 3, run, notes, open, id, KEPT, ...pairs))) === 1;
  }

  /** Undefined: Redis knows nothing of it. */
  async look(id: string): Promise<Standing | undefined> {
    const { run, lock } = this.#of(id);
    const results = await this.#ask(() => this.#client.pipeline().hgetall(run).exists(lock).exec());
    for (const [error] of results ?? []) if (error !== null) throw brokerError(error, this.#shown);
    const [[, fields], [, held]] = results as [[null, Record<string, string>], [null, number]];
    if (fields.nonce === undefined) return undefined;
    const parsed = <T>(name: string): T | undefined => (fields[name] === undefined ? undefined : fromText<T>(fields[name]));
    return {
      nonce: fields.nonce,
      by: parsed<Who>('by')!,
      out: fields.out ?? '',
      likeness: fields.likeness ?? '',
      epoch: Number(fields.epoch ?? 0),
      manager: parsed<ManagerCard>('manager'),
      held: held === 1,
      begun: fields.begun === '1',
      progress: parsed('progress'),
      order: fields.order,
      outcome: parsed('outcome'),
      ms: fields.ended === undefined ? undefined : Number(fields.ended) - Number(fields.began),
    };
  }

  /** What was said since the note with that id. */
  async notes(id: string, since: string): Promise<Note[]> {
    const entries = await this.#ask(() => this.#client.xrange(this.#of(id).notes, since === '' ? '-' : `(${since}`, '+'));
    return entries.map(([note, [, kind, , who, , text]]) => ({ id: note, kind: kind as Note['kind'], who: who!, text: text! }));
  }

  /** Asks the manager of the job for something. */
  async order(id: string, order: 'drain' | 'stop'): Promise<void> {
    await this.#ask(() => this.#client.hset(this.#of(id).run, 'order', order));
  }

  /** Ends a job that no manager has. False: one has it. */
  async callOff(id: string, nonce: string, outcome: unknown): Promise<boolean> {
    const { run, lock, open } = this.#of(id);
    return (await this.#ask(() => this.#client.eval(CALL_OFF, 3, run, lock, open, id, nonce, toText(outcome)))) === 1;
  }

  /** What is kept for a job lives on for as long as a command waits for it. */
  async renew(id: string): Promise<void> {
    const { run, notes, open } = this.#of(id);
    const pipeline = this.#client.pipeline();
    for (const key of [run, notes, open, this.#keys.job(id)]) pipeline.pexpire(key, KEPT);
    await this.#ask(() => pipeline.exec());
  }

  /** Managers that are alive. */
  async managers(): Promise<ManagerCard[]> {
    const ids = await this.#ask(() => this.#client.smembers(this.#keys.managers));
    if (ids.length === 0) return [];
    const cards = await this.#ask(() => this.#client.mget(ids.map((id) => this.#keys.manager(id))));
    return cards.filter((card) => card !== null).map((card) => fromText<ManagerCard>(card));
  }

  /** Jobs that have not ended. */
  async jobs(): Promise<{ readonly id: string; readonly standing: Standing }[]> {
    const ids = await this.#ask(() => this.#client.smembers(this.#keys.open));
    const found = await Promise.all(ids.map(async (id) => ({ id, standing: await this.look(id) })));
    return found.filter((job): job is { id: string; standing: Standing } => job.standing !== undefined);
  }

  #of(id: string): { run: string; notes: string; lock: string; open: string } {
    return { run: this.#keys.run(id), notes: this.#keys.notes(id), lock: this.#keys.lock(id), open: this.#keys.open };
  }

  async #ask<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw brokerError(error, this.#shown);
    }
  }
}
