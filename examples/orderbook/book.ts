/** An order to buy or sell a number of shares at a price, or better. */
export interface Order {
  readonly id: number;
  readonly side: 'buy' | 'sell';
  readonly price: number;
  readonly count: number;
}

/** What came of an order: its number in the order of arrival, what it was traded against, and what is left in the book. */
export interface Receipt {
  readonly number: number;
  readonly trades: readonly { readonly with: number; readonly price: number; readonly count: number }[];
  readonly left: number;
}

interface Resting {
  readonly id: number;
  readonly price: number;
  left: number;
}

/** Orders that wait, best price first, and first come, first served at the same price. Plain data: a server can copy it. */
export interface Book {
  number: number;
  traded: number;
  readonly buy: Resting[];
  readonly sell: Resting[];
}

export const emptyBook = (): Book => ({ number: 0, traded: 0, buy: [], sell: [] });

/** Trades an order against what waits on the other side, and puts the rest into the book. The same book and the same order give the same, wherever it runs. */
export function place(book: Book, { id, side, price, count }: Order): Receipt {
  const others = side === 'buy' ? book.sell : book.buy;
  const fits = (resting: Resting): boolean => (side === 'buy' ? resting.price <= price : resting.price >= price);
  const trades: { with: number; price: number; count: number }[] = [];
  let left = count;
  while (left > 0 && others[0] !== undefined && fits(others[0])) {
    const best = others[0];
    const traded = Math.min(left, best.left);
    trades.push({ with: best.id, price: best.price, count: traded });
    left -= traded;
    best.left -= traded;
    book.traded += traded;
    if (best.left === 0) others.shift();
  }
  if (left > 0) rest(side === 'buy' ? book.buy : book.sell, { id, price, left }, side);
  return { number: ++book.number, trades, left };
}

function rest(list: Resting[], order: Resting, side: Order['side']): void {
  const worse = (one: Resting): boolean => (side === 'buy' ? one.price < order.price : one.price > order.price);
  const at = list.findIndex(worse);
  list.splice(at < 0 ? list.length : at, 0, order);
}
