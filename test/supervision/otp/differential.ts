import fc from 'fast-check';
import { compare, type Known } from './compare.ts';
import { Otp } from './otp.ts';
import { Player } from './play.ts';
import { type Scenario, scenarios } from './scenario.ts';
import { scenarioTerm } from './terms.ts';

export interface Judged {
  readonly release: string;
  readonly scenarios: number;
  readonly known: Readonly<Partial<Record<Known, number>>>;
}

/**
 * Plays drawn scenarios on both sides.
 *
 * @throws with the smallest scenario that shows it and its seed, if they differ in a way that is not deliberate
 */
export async function judge(count: number, seed: number): Promise<Judged | { missing: string }> {
  const started = await Otp.start();
  if ('missing' in started) return started;
  const { otp, release } = started;
  const known: Partial<Record<Known, number>> = {};
  let played = 0;
  try {
    const property = fc.asyncProperty(scenarios, async (scenario) => {
      played++;
      const verdict = await tried(otp, scenario);
      if (verdict.kind === 'known') known[verdict.known] = (known[verdict.known] ?? 0) + 1;
      if (verdict.kind === 'different') throw new Error(`${verdict.story}\nours:\n${verdict.ours}\nOTP:\n${verdict.theirs}`);
    });
    await fc.assert(property, { seed, numRuns: count, includeErrorInReport: true });
  } finally {
    await otp.stop();
  }
  return { release, scenarios: played, known };
}

async function tried(otp: Otp, scenario: Scenario) {
  const ours = await new Player(scenario).play();
  const theirs = await otp.play(scenarioTerm(scenario, ours.deeds));
  const story = ours.deeds
    .map((deed, i) => `${i}: ${JSON.stringify(deed)}\n   ours ${ours.told[i + 1]}\n   OTP  ${theirs[i + 1]}`)
    .join('\n');
  return { ...compare(scenario, ours, theirs), story: `${JSON.stringify(scenario.top)}\n${ours.told[0]}\n${theirs[0]}\n${story}` };
}
