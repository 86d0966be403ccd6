import './exits.test.ts';
