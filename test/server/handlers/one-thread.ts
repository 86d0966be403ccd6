import { sharedBytes } from '../../../src/server/content.ts';
import { Control } from '../../../src/server/control.ts';
import { type OpenThread, openThread } from '../../../src/server/thread/open.ts';
import { FROM, type FromThread, type Item, type Report, TO } from '../../../src/server/wire.ts';

/** The runtime of one thread in this process, on a clock that stands still: nothing is sent before it must be. */
export async function oneThread(
  server: object,
  options?: object,
): Promise<{ readonly open: OpenThread; give(items: readonly Item[]): Report[] }> {
  const sent: FromThread[] = [];
  const open = await openThread(
    {
      href: 'file:///here.js',
      exported: 'default',
      server: 'server-0',
      name: 'here',
      replica: 0,
      seed: 1,
      at: 0,
      logged: true,
      watches: false,
      reportsWait: 0.25,
      from: { kind: 'init', options },
    },
    {
      control: new Control(),
      post: (message) => void sent.push(structuredClone(message)),
      keep: sharedBytes,
      now: () => 0,
      die: () => {},
      load: async () => ({ default: server }),
    },
  );
  return {
    open: open!,
    give: (items) => {
      sent.length = 0;
      open!.receive([TO.items, items]);
      return sent.flatMap((one) =>
        one[0] === FROM.reports ? one[1] : one[0] === FROM.report ? [[one[1], one[2], one[3], one[4]] as const] : [],
      );
    },
  };
}
