import './strangers.test.ts';
