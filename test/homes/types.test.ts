import { describe } from 'node:test';
import { checkedBy } from './types.ts';

describe('types of the installed package', () => checkedBy('typescript'));
