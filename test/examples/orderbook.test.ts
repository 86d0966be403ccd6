import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { emptyBook, place } from '../../examples/orderbook/book.ts';
import { trade } from '../../examples/orderbook/trade.ts';
import { SOAK } from '../soak.ts';

describe('the order book', () => {
  it('trades with the best price first, then with who came first', () => {
    const book = emptyBook();
    place(book, { id: 1, side: 'sell', price: 12, count: 5 });
    place(book, { id: 2, side: 'sell', price: 10, count: 5 });
    place(book, { id: 3, side: 'sell', price: 10, count: 5 });
    const receipt = place(book, { id: 4, side: 'buy', price: 11, count: 12 });
    assert.deepEqual(receipt, {
      number: 4,
      trades: [
        { with: 2, price: 10, count: 5 },
        { with: 3, price: 10, count: 5 },
      ],
      left: 2,
    });
    assert.deepEqual(book, { number: 4, traded: 10, buy: [{ id: 4, price: 11, left: 2 }], sell: [{ id: 1, price: 12, left: 5 }] });
  });

  it('is after many deaths what the answered orders make of it', async () => {
    const [orders, deaths] = SOAK ? [600, 6] : [200, 2];
    const day = await trade(orders, 16, deaths, 5);
    assert.equal(day.rejected, deaths);
    assert.equal(day.placed.length, orders - deaths);
    assert.ok(day.deaths >= deaths);
    const book = emptyBook();
    for (const { order, receipt } of [...day.placed].sort((a, b) => a.receipt.number - b.receipt.number))
      assert.deepEqual(place(book, order), receipt);
    assert.deepEqual(book, day.book);
  });
});
