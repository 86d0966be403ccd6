import './types.test.ts';
import { describe } from 'node:test';
import { checkedBy } from './types.ts';

// The oldest compiler that is promised. It takes its time.
describe('types of the installed package, with TypeScript 5.4', () => checkedBy('typescript-5.4'));
