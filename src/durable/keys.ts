import { nodeName } from '../options/nodes.ts';

/** Milliseconds that what is kept in Redis lives without being renewed by a manager, or by a command line that follows its job. */
export const KEPT = 86_400_000;
/** Name of the queue in BullMQ; its prefix is that of the nodes' name. */
export const QUEUE = 'jobs';

/** Where the durable jobs of a name are kept in Redis. */
export class JobKeys {
  readonly prefix: string;

  /** @throws {InvalidOptionError} `ERR_INVALID_OPTION` */
  constructor(name: string) {
    this.prefix = `holdfast:{${nodeName(name, 'name')}}`;
  }

  /** Ids of the jobs that have not ended. */
  get open(): string {
    return `${this.prefix}:runs`;
  }

  /** Ids of managers; one that has no card is dead. */
  get managers(): string {
    return `${this.prefix}:managers`;
  }

  manager(id: string): string {
    return `${this.prefix}:manager:${id}`;
  }

  /** What is known of a job. */
  run(id: string): string {
    return `${this.prefix}:run:${id}`;
  }

  /** What its managers have said. */
  notes(id: string): string {
    return `${this.run(id)}:notes`;
  }

  /** BullMQ's own: the token of the manager that has the job, as long as it renews it. */
  lock(id: string): string {
    return `${this.prefix}:${QUEUE}:${id}:lock`;
  }

  /** BullMQ's own: the job. */
  job(id: string): string {
    return `${this.prefix}:${QUEUE}:${id}`;
  }
}
