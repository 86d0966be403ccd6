import { isDeepStrictEqual, parseArgs } from 'node:util';
import { emptyBook, place } from './book.ts';
import { trade } from './trade.ts';

/**
 * A day of trading on a book whose threads die again and again; then the same orders, as far as they were answered, on a book in this thread, without
 * servers and without faults. Every receipt and the whole book must be the same.
 */
const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '50000' },
    crashes: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
  },
});
const day = await trade(Number(values.orders), 64, Number(values.crashes), Number(values.seed));

const answered = [...day.placed].sort((a, b) => a.receipt.number - b.receipt.number);
const book = emptyBook();
const other = answered.filter(({ order, receipt }) => !isDeepStrictEqual(place(book, order), receipt)).length;
const same = isDeepStrictEqual(book, day.book);

console.log(`${values.orders} orders of 64 traders, ${day.deaths} threads died, ${day.takeOvers} take-overs, ${day.seconds.toFixed(1)} s.`);
console.log(`  answered             ${answered.length}`);
console.log(`  rejected             ${day.rejected}, each because its thread died of it`);
console.log(`  lost or doubled      ${answered.length - day.book.number}`);
console.log(`  receipts that differ ${other}`);
console.log(`  traded               ${day.book.traded}, waiting in the book ${day.book.buy.length + day.book.sell.length}`);
const agree = other === 0 && same && answered.length === day.book.number && answered.length + day.rejected === Number(values.orders);
console.log(agree ? 'The book is what the answered orders make of it, and nothing else.' : 'THE BOOK IS WRONG.');
process.exitCode = agree ? 0 : 1;
