// A server for the pictures of the observer.
import { defineServer } from '../../dist/src/server/index.js';

export default defineServer({
  init: () => ({ balances: new Map(), transfers: 0 }),
  call: {
    pay(ledger, { to, amount }) {
      ledger.balances.set(to, (ledger.balances.get(to) ?? 0) + amount);
      ledger.transfers++;
      return ledger.balances.get(to);
    },
    audit(_ledger, account) {
      throw new RangeError(`Account ${account} is not balanced.`);
    },
  },
});
