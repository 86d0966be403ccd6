import { defineServer } from 'holdfast/server';
import { emptyBook, type Order, place } from './book.ts';

/** The book as a server. Some orders meet a bug: the thread that handles them dies in the middle of its work, each time in another way. */
export default defineServer({
  init: emptyBook,
  call: {
    order(book, order: Order & { readonly bug?: 'throws' | 'exits' | 'loops' | undefined }) {
      const receipt = place(book, order); // The book is changed, and then it happens.
      if (order.bug === 'throws') throw new Error(`a bug in order ${order.id}`);
      if (order.bug === 'exits') process.exit(1);
      while (order.bug === 'loops');
      return receipt;
    },
  },
  read: { whole: (book) => book },
});
