import { parseArgs } from 'node:util';
import { faultPlan } from 'holdfast/faults';
import { type Estimate, estimate } from './estimate.ts';

/**
 * Prices an option three times: on good machines; on machines that get one result in twenty silently wrong; and on the same
 * machines in triplicate, with a vote. The third price must be the first, to the last bit.
 */
const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' }, batches: { type: 'string', default: '300' } } });
const batches = Number(values.batches);
const PATHS = 2_000;
const faults = faultPlan({ seed: Number(values.seed), corrupt: 0.05 });

console.log(`Asian call option, ${batches} batches of ${PATHS} paths, fault seed ${values.seed}.`);
const show = ({ price, standardError, conflicts, convicted, seconds }: Estimate): string =>
  `${price.toFixed(10)} ± ${standardError.toFixed(4)}, ${conflicts} conflicts, ${convicted} threads replaced, ${seconds.toFixed(1)} s`;

const right = await estimate(batches, PATHS);
const trusting = await estimate(batches, PATHS, { faults });
const voted = await estimate(batches, PATHS, { faults, redundancy: 3 });
console.log(`  good machines                 ${show(right)}`);
console.log(`  5 % of the results are wrong  ${show(trusting)}`);
console.log(`  the same, in triplicate       ${show(voted)}`);
const agree = voted.price === right.price;
console.log(agree ? 'The vote gave the right price, to the last bit.' : 'The vote gave a wrong price.');
process.exitCode = agree ? 0 : 1;
