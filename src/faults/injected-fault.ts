/** What an injected fault throws, so that it can be distinguished from a task's own errors. */
export class InjectedFault extends Error {
  /** Stable; messages may change. */
  readonly code = 'ERR_INJECTED_FAULT';
  /** Name of the fault in its plan. */
  readonly fault: string;

  constructor(fault: string, where: string) {
    super(`Injected fault '${fault}' in ${where}.`);
    this.fault = fault;
  }

  static {
    this.prototype.name = 'InjectedFault';
  }
}
