import type { ControlBlock } from '../core/wire/control-block.ts';
import type { Item } from './item.ts';
import type { Handler } from './modules/load.ts';
import type { Report } from './report.ts';

/** Awaits the function that an item calls. The time of the item begins when it is at hand. */
export async function loaded(
  coming: PromiseLike<Handler>,
  item: Item,
  parts: { readonly control: ControlBlock; readonly report: Report; readonly now: () => number },
): Promise<Handler> {
  const { control, report, now } = parts;
  control.loads(true);
  try {
    return await coming;
  } finally {
    const time = now();
    item.begin(time);
    report.begin(time);
    control.startedAt = time;
    control.loads(false);
  }
}
