// Every row in the simulated world, with twenty seeds each.
import './virtual.test.ts';
