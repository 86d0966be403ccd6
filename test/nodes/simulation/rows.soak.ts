// Every row, with twenty seeds each.
import './rows.test.ts';
