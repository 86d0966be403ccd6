import type { Case, Scale } from './case.ts';
import { cells } from './cells.ts';
import { cpu } from './cpu.ts';
import { deaths } from './faults/deaths.ts';
import { faults } from './faults/faults.ts';
import { outcomes } from './faults/outcomes.ts';
import { storm } from './faults/storm.ts';
import { stragglers } from './faults/stragglers.ts';
import { takeover } from './faults/takeover.ts';
import { large } from './large.ts';
import { map } from './map.ts';
import { mixed } from './mixed.ts';
import { noop, sequential } from './noop.ts';
import { payload } from './payload.ts';
import { queued } from './queued.ts';
import { redundancy } from './redundancy.ts';
import { serverTakeover } from './server-takeover.ts';
import { servers } from './servers.ts';

/** All cases, in the order in which they run and are shown. */
export const CASES: readonly Case[] = [
  outcomes,
  noop,
  sequential,
  payload,
  cpu,
  faults,
  storm,
  stragglers,
  redundancy,
  large,
  mixed,
  map,
  queued,
  deaths,
  takeover,
  cells,
  servers,
  serverTakeover,
];

export const SCALES: Readonly<Record<Scale['name'], Scale>> = {
  quick: {
    name: 'quick',
    rounds: 1,
    warmUpMs: 150,
    seconds: 0.4,
    faultSeconds: 0.5,
    stallMs: 3_000,
    mapped: 100_000,
    queued: 50_000,
    deaths: 0,
    takeovers: 8,
  },
  full: {
    name: 'full',
    rounds: 3,
    warmUpMs: 400,
    seconds: 2,
    faultSeconds: 1.5,
    stallMs: 10_000,
    mapped: 1_000_000,
    queued: 1_000_000,
    deaths: 10_000,
    takeovers: 50,
  },
};
