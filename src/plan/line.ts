import { numberText, shareText, timeText } from './quantity/text.ts';
import { SOURCES, type Source } from './sources.ts';

/** In what a line counts. Times are milliseconds, shares are from 0 to 1. */
export type Unit = 'share' | 'ms' | 'a day' | 'a second' | 'events' | 'nodes' | 'attempts' | 'copies' | 'nines' | 'times';

export const SECTIONS = ['loses', 'waits', 'needs', 'answers wrongly'] as const;
/** What a line is about: a part of the plan. */
export type Section = (typeof SECTIONS)[number];

/** One line of a plan. */
export interface PlanLine {
  /** A stable name, for programs. */
  readonly id: string;
  /** What it is about. */
  readonly section: Section;
  /** What it is, for people. */
  readonly title: string;
  /** `undefined` if there is no such number; then `because` says why. */
  readonly value: number | undefined;
  /** In what the value counts. */
  readonly unit: Unit;
  /** The value as people write it. */
  readonly text: string;
  /** How the value follows from the options. */
  readonly formula: string;
  /** Where the formula is from. */
  readonly source: string;
  /** What must hold for the formula to hold. */
  readonly assumption: string;
  /** Why the goal is not reachable; absent if it is. */
  readonly because?: string;
}

export interface LineInput {
  readonly id: string;
  readonly section: Section;
  readonly title: string;
  readonly value: number | undefined;
  readonly unit: Unit;
  readonly formula: string;
  readonly source: Source;
  readonly assumption: string;
  readonly because?: string | undefined;
}

function textOf(value: number | undefined, unit: Unit): string {
  if (value === undefined) return 'not reachable';
  switch (unit) {
    case 'share':
      return shareText(value);
    case 'ms':
      return timeText(value);
    case 'nines':
      return `${value.toFixed(2)} nines`;
    case 'times':
      return `${numberText(value)} times`;
    case 'a day':
      return value < 0.01 ? `one in ${timeText(86_400_000 / value)}` : `${numberText(value)} a day`;
    default:
      if (value > 0 && value < 1e-9) return `under 1e-9 ${unit}`;
      return `${numberText(value)} ${value === 1 && unit.endsWith('s') ? (unit === 'copies' ? 'copy' : unit.slice(0, -1)) : unit}`;
  }
}

/** A line as it is shown and handed out. What is not finite is no value. */
export function line({ source, because, value, ...rest }: LineInput): PlanLine {
  const finite = value !== undefined && Number.isFinite(value) ? value : undefined;
  const reason = because ?? (finite === undefined ? 'the value grows without bound' : undefined);
  return {
    ...rest,
    value: finite,
    text: textOf(finite, rest.unit),
    source: SOURCES[source],
    ...(reason === undefined ? {} : { because: reason }),
  };
}
