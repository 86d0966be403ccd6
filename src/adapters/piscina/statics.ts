import { EventEmitterAsyncResource } from 'node:events';
import { isMovable, move, transferableSymbol, valueSymbol } from '../../core/wire/moving.ts';
import { isWorkerThread, workerData } from './in-thread.ts';
import { ArrayTaskQueue, FixedQueue } from './queues.ts';
import { queueOptionsSymbol } from './symbols.ts';

/** The version of Piscina whose interface this is. */
export const version: string = '5.3.2';

/** What hangs on the class itself, as with Piscina. */
export class Statics extends EventEmitterAsyncResource {
  static get isWorkerThread(): boolean {
    return isWorkerThread;
  }

  // biome-ignore lint/suspicious/noExplicitAny: whatever the caller has given
  static get workerData(): any {
    return workerData;
  }

  static get version(): string {
    return version;
  }

  static get FixedQueue(): typeof FixedQueue {
    return FixedQueue;
  }

  static get ArrayTaskQueue(): typeof ArrayTaskQueue {
    return ArrayTaskQueue;
  }

  static move<V>(value: V): V {
    return move(value);
  }

  static isMovable(value: unknown): boolean {
    return isMovable(value);
  }

  static get transferableSymbol(): typeof transferableSymbol {
    return transferableSymbol;
  }

  static get valueSymbol(): typeof valueSymbol {
    return valueSymbol;
  }

  static get queueOptionsSymbol(): typeof queueOptionsSymbol {
    return queueOptionsSymbol;
  }
}
