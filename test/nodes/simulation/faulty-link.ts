import type { Hearing, Link } from '../../../src/executors/nodes/link/link.ts';
import type { Dice } from '../../simulation/world/dice.ts';
import type { FrameFault } from './climate.ts';

export interface FrameWeather {
  readonly dice: Dice;
  strikes(fault: FrameFault): boolean;
}

/** A link on whose way frames are repeated, overtaken, spoiled and mixed up. */
export function faultyLink(link: Link, weather: FrameWeather): Link {
  const receive: Link['receive'] = (channel, hearing, numbered) =>
    link.receive(channel, numbered === false ? hearing : faulty(hearing, weather), numbered);
  return new Proxy(link, {
    get: (target, name) => {
      if (name === 'receive') return receive;
      const value = Reflect.get(target, name, target) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function faulty(hearing: Hearing, weather: FrameWeather): Hearing {
  let held: readonly [number, Uint8Array] | undefined;
  let last: Uint8Array | undefined;
  const letGo = (): void => {
    if (held === undefined) return;
    const [number, bytes] = held;
    held = undefined;
    hearing.frame(number, bytes);
  };
  return {
    begun: () => hearing.begun?.(),
    frame: (number, bytes) => {
      if (held === undefined && weather.strikes('swap')) {
        held = [number, bytes];
        return;
      }
      if (weather.strikes('garbage')) hearing.frame(number, spoiled(bytes, weather.dice));
      else if (last !== undefined && weather.strikes('foreign')) hearing.frame(number, last);
      else hearing.frame(number, bytes);
      if (weather.strikes('duplicate')) hearing.frame(number, bytes);
      last = bytes;
      letGo();
    },
    gone: () => {
      letGo();
      hearing.gone();
    },
  };
}

/** Cut short, or of another kind altogether: what a checksum would find. */
function spoiled(bytes: Uint8Array, dice: Dice): Uint8Array {
  if (dice.chance(0.5)) return bytes.subarray(0, dice.whole(0, bytes.length - 1));
  return new Uint8Array([0xff, 0x0f, dice.whole(0, 255), dice.whole(0, 255)]);
}
