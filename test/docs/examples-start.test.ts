import { checkExamples } from './check-examples.ts';

checkExamples('the README and of getting started', (path) => path === 'README.md' || path === 'docs/getting-started.md');
